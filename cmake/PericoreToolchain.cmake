# Compiler flags live on one interface target, so that third-party headers never see them.
add_library(pericore_options INTERFACE)

target_compile_options(pericore_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wconversion -Wno-sign-conversion -Wnull-dereference -Wdouble-promotion -Wformat=2
  $<$<BOOL:${PERICORE_WARNINGS_AS_ERRORS}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 reports overlapping copies inside std::string's operator+ that cannot happen (GCC bug 105651).
  # So are these two, on Eigen's inlined allocation and on libstdc++.
  target_compile_options(pericore_options INTERFACE -Wno-restrict -Wno-use-after-free -Wno-null-dereference)
endif()

# One instruction set, no contraction: a result does not depend on what the compiler fuses.
target_compile_options(pericore_options INTERFACE -march=${PERICORE_ARCH} -ffp-contract=off)

target_compile_definitions(pericore_options INTERFACE
  # Parallelism is over sectors and runs, through base/parallel.h; Eigen's own threads would spin.
  EIGEN_DONT_PARALLELIZE
  # TSan does not see into Debian's oneTBB; plain threads it understands.
  $<$<BOOL:${PERICORE_PLAIN_THREADS}>:PERICORE_PLAIN_THREADS=1>
  # Index checks of the standard library wherever assertions are on.
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(PERICORE_SANITIZE)
  # Without -fno-sanitize-recover an undefined shift or overflow would print a line and pass the test.
  target_compile_options(pericore_options INTERFACE
    -fsanitize=${PERICORE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(pericore_options INTERFACE -fsanitize=${PERICORE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The checks g++ weaves in hide from it what is initialised: it warns of the standard library's own code.
    target_compile_options(pericore_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=mold PERICORE_LINKS_WITH_MOLD)  # g++ before 12.1 does not know it
  if(PERICORE_LINKS_WITH_MOLD)
    target_link_options(pericore_options INTERFACE -fuse-ld=mold)
  endif()
endif()
