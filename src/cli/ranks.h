/// Processes that mpirun or srun started together. A rank is a shard of a sweep, nothing more.
#pragma once

namespace pericore::cli {

/// Joins the other ranks, and leaves them at the end of its life. One of them a process.
class Ranks {
 public:
  /// @throws InputError  the program was built without MPI; says how to build it with
  Ranks();
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  [[nodiscard]] int rank() const { return rank_; }  ///< from 0
  [[nodiscard]] int size() const { return size_; }

  /// The largest of the ranks' exit statuses, for all of them; none goes on before all are there.
  [[nodiscard]] int worst(int status) const;

 private:
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace pericore::cli
