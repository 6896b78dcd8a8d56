# All from Debian 12; scripts/install_packages names the packages.
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(TBB REQUIRED)
find_package(HDF5 REQUIRED COMPONENTS C HL)
# FindHDF5 leaves the high-level library, which has the dimension scales, out of its own target.
target_link_libraries(HDF5::HDF5 INTERFACE ${HDF5_HL_LIBRARIES})
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.74 REQUIRED)
if(PERICORE_MPI)
  find_package(MPI REQUIRED COMPONENTS C)
endif()
find_package(ZLIB REQUIRED)
# Its C interface; Debian's two packages of NLopt have CMake files of one name.
find_path(NLOPT_INCLUDE_DIR nlopt.h REQUIRED)
find_library(NLOPT_LIBRARY nlopt REQUIRED)
add_library(NLopt::nlopt UNKNOWN IMPORTED)
set_target_properties(NLopt::nlopt PROPERTIES
  IMPORTED_LOCATION "${NLOPT_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${NLOPT_INCLUDE_DIR}")
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)  # headers only, without a CMake package

# The system's Python before any other on the PATH: Debian's xarray and h5netcdf, used by tests, belong to it.
find_program(PERICORE_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(PERICORE_PYTHON python3)
