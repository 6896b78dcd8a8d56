#include "cli/ranks.h"

#include "base/errors.h"

#ifdef PERICORE_MPI
#include <mpi.h>

#include <chrono>
#include <thread>
#endif

namespace pericore::cli {

#ifdef PERICORE_MPI

Ranks::Ranks() {
  MPI_Init(nullptr, nullptr);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
}

Ranks::~Ranks() { MPI_Finalize(); }

int Ranks::worst(int status) const {
  int worst = status;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Iallreduce(&status, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD, &request);
  // Libraries wait at full speed; others may need the processor.
  for (int there = 0; there == 0;) {
    MPI_Test(&request, &there, MPI_STATUS_IGNORE);
    if (there == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return worst;
}

#else

Ranks::Ranks() {
  throw InputError(
      "--mpi: this pericore was built without MPI. Build it with cmake -DPERICORE_MPI=ON (docs/how-to/build.md), or "
      "give "
      "each worker its --shard I/N (docs/how-to/sweep-without-slurm.md)");
}

Ranks::~Ranks() = default;

int Ranks::worst(int status) const { return status; }

#endif

}  // namespace pericore::cli
