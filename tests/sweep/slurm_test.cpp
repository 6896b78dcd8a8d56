#include "sweep/slurm.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "base/errors.h"

using namespace pericore;
using namespace pericore::sweep;
using Catch::Matchers::Contains;

namespace {

/// 10,000 runs in files of 100.
SweepWork ten_thousand(double seconds_per_run) {
  return {.runs = 10000, .parts = 100, .seconds_per_run = seconds_per_run};
}

}  // namespace

TEST_CASE("limits of a site are read from what its commands print", "[sweep][slurm]") {
  CHECK(max_array_size("MailProg                = /bin/mail\nMaxArraySize            = 4001\nMaxBatchRequeue = 5\n") ==
        4001);
  CHECK_FALSE(max_array_size("").has_value());
  CHECK_FALSE(max_array_size("MaxArraySize            = (null)\nMaxJobCount = 7\n").has_value());
  CHECK(least_number("5000\n\n300\n") == 300);
  CHECK_FALSE(least_number("\n").has_value());
  CHECK_FALSE(least_number("").has_value());
}

TEST_CASE("tasks take about an hour, at most half of the time limit", "[sweep][slurm]") {
  // 100 files of 1,000 s: three are within an hour.
  const TaskPlan plan = plan_tasks(ten_thousand(10.0), {}, {});
  CHECK(plan.tasks == 34);
  CHECK(plan.seconds_per_task == Approx(3000.0));
  CHECK(plan.time_limit == 9000);  // three times as much, in whole quarters of an hour
  // Half an hour: one file.
  config::SlurmSpec hour;
  hour.time = "01:00:00";
  CHECK(plan_tasks(ten_thousand(10.0), hour, {}).tasks == 100);
  CHECK(plan_tasks(ten_thousand(10.0), hour, {}).time_limit == 3600);
  // Four processors compute four runs at a time: 14 files an hour are 8 tasks of 13.
  config::SlurmSpec four;
  four.cpus = 4;
  four.throttle = 1;
  CHECK(plan_tasks(ten_thousand(10.0), four, {}).tasks == 8);
}

TEST_CASE("a short sweep is cut for parallelism, but not into crumbs", "[sweep][slurm]") {
  CHECK(plan_tasks(ten_thousand(0.002), {}, {}).tasks == 1);  // 20 s
  CHECK(plan_tasks(ten_thousand(0.12), {}, {}).tasks == 4);   // 1,200 s: four of five minutes
  CHECK(plan_tasks(ten_thousand(1.0), {}, {}).tasks == 20);   // 10,000 s: twenty at the same time
  config::SlurmSpec five;
  five.throttle = 5;
  CHECK(plan_tasks(ten_thousand(1.0), five, {}).tasks == 5);
}

TEST_CASE("never more tasks than files, than 999, or than may wait beside the merge", "[sweep][slurm]") {
  const SweepWork million = {.runs = 1000000, .parts = 10000, .seconds_per_run = 30.0};
  const TaskPlan plan = plan_tasks(million, {}, {});
  CHECK(plan.tasks <= 999);
  CHECK(plan.tasks > 900);
  CHECK(plan_tasks(million, {}, {.in_queue = 100}).tasks <= 99);
  CHECK(plan_tasks(million, {}, {.in_queue = 1}).tasks == 1);
  CHECK(plan_tasks({.runs = 30, .parts = 3, .seconds_per_run = 9000.0}, {}, {}).tasks == 3);
}

TEST_CASE("what is asked for is done or refused", "[sweep][slurm]") {
  config::SlurmSpec spec;
  spec.tasks = 40;
  CHECK(plan_tasks(ten_thousand(1.0), spec, {}).tasks == 40);
  CHECK_THROWS_WITH(plan_tasks(ten_thousand(1.0), spec, {.in_queue = 40}),
                    Contains("--tasks 40") && Contains("40 jobs"));
  spec.tasks = 101;
  CHECK_THROWS_AS(plan_tasks(ten_thousand(1.0), spec, {}), InputError);
  spec.tasks = 0;
  spec.runs_per_task = 250;
  CHECK(plan_tasks(ten_thousand(1.0), spec, {}).tasks == 40);
  spec.runs_per_task = 10;  // less than a file
  CHECK(plan_tasks(ten_thousand(1.0), spec, {}).tasks == 100);
}

TEST_CASE("what exceeds an array is split into several with all shards once", "[sweep][slurm]") {
  const SweepWork million = {.runs = 1000000, .parts = 10000, .seconds_per_run = 1.0};
  config::SlurmSpec spec;
  spec.throttle = 50;
  for (const std::uint64_t tasks : {1U, 1001U, 1002U, 2503U, 10000U}) {
    CAPTURE(tasks);
    spec.tasks = static_cast<long>(tasks);
    const TaskPlan plan = plan_tasks(million, spec, {});
    std::uint64_t next = 0;
    std::uint64_t throttle = 0;
    for (const TaskArray& array : plan.arrays) {
      CHECK(array.offset == next);
      CHECK(array.tasks >= 1);
      CHECK(array.tasks <= 1001);
      next += array.tasks;
      throttle += array.throttle;
    }
    CHECK(next == tasks);
    CHECK(throttle == 50);
    CHECK(plan.arrays.size() == (tasks + 1000) / 1001);
  }
}

TEST_CASE("a task longer than its limit may restart often enough", "[sweep][slurm]") {
  config::SlurmSpec spec;
  spec.time = "60";
  spec.signal_before = 600;
  spec.tasks = 1;
  const TaskPlan plan = plan_tasks(ten_thousand(10.0), spec, {});
  CHECK(plan.signal_before == 600);
  CHECK(static_cast<double>(plan.most_restarts) * 3000.0 > 2 * 100000.0);
  spec.signal_before = 0;
  spec.time = "2";
  CHECK(plan_tasks(ten_thousand(10.0), spec, {}).signal_before == 30);
}

TEST_CASE("times and indices as Slurm writes them", "[sweep][slurm]") {
  CHECK(slurm_time(59) == "00:00:59");
  CHECK(slurm_time(4 * 3600) == "04:00:00");
  CHECK(slurm_time(2 * 86400 + 3661) == "2-01:01:01");
  const std::vector<std::int64_t> indices = {0, 1, 2, 7, 9, 10};
  CHECK(index_list(indices) == "0-2,7,9-10");
  std::vector<std::int64_t> odd(500);
  std::iota(odd.begin(), odd.end(), 0);
  for (auto& index : odd) index = 2 * index + 1;
  CHECK(index_list(odd).ends_with(",997,999"));  // never shortened
}
