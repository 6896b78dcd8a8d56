// pericore: what a policy does to the map of industry. One file per command; this one maps errors to exit statuses.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <new>
#include <sstream>

#include "base/errors.h"
#include "base/spelling.h"
#include "base/version.h"
#include "cli/colour.h"
#include "cli/command.h"

namespace pericore::cli {

std::atomic<bool> interrupted = false;

namespace {

enum ExitStatus { done = 0, wrong_input = 2, failed_numbers = 3, failed_files = 4, stopped = 130 };

std::atomic<int> listeners = 0;

int report(const char* text, int status) {
  std::fprintf(stderr, "%s\n", mark_error(text).c_str());
  return status;
}

}  // namespace

Listening::Listening() { ++listeners; }
Listening::~Listening() { --listeners; }

int reported(const std::function<void()>& work) {
  try {
    work();
    return done;
  } catch (const InputError& e) {
    return report(e.what(), wrong_input);
  } catch (const NumericalError& e) {
    return report(e.what(), failed_numbers);
  } catch (const IoError& e) {
    return report(e.what(), failed_files);
  } catch (const Interrupted& e) {
    return report(e.what(), stopped);
  } catch (const CLI::Error&) {
    throw;  // of the command line
  } catch (const std::bad_alloc&) {
    return report("not enough memory", failed_numbers);
  } catch (const std::exception& e) {
    return report((std::string("internal error, please report it: ") + e.what()).c_str(), failed_numbers);
  }
}

}  // namespace pericore::cli

namespace {

/// SIGTERM may well come twice, from a scheduler to all processes of a job and forwarded by its script; only a second Ctrl-C is impatience.
extern "C" void on_interrupt(int signal) {
  const bool again = pericore::cli::interrupted.exchange(true);
  if (pericore::cli::listeners == 0 || (again && signal == SIGINT)) std::_Exit(pericore::cli::stopped);
}

/// --color on the program and on each of its commands, so that it may stand anywhere.
void add_colour(CLI::App& app) {
  using pericore::cli::ColourWhen;
  app.add_option_function<std::string>(
         "--color",
         [](const std::string& when) {
           pericore::cli::set_colour(when == "always"  ? ColourWhen::always
                                     : when == "never" ? ColourWhen::never
                                                       : ColourWhen::automatic);
         },
         "auto (on a terminal, unless NO_COLOR is set), always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->default_str("auto")
      ->group("Terminal");
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) add_colour(*command);
}

/// What the command line says about itself, in colour as other errors.
void explain(const CLI::App& app, const CLI::Error& error) {
  std::ostringstream text;
  app.exit(error, text, text);
  std::fputs(pericore::cli::mark_error(text.str()).c_str(), stderr);
}

/// The command line's own message for a misspelt command is that one is missing.
void require_known_command(const CLI::App& app, const std::string& word) {
  if (word.empty() || word.front() == '-') return;
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  throw pericore::InputError("unknown command '" + word + "'" + pericore::did_you_mean(word, known) +
                             "\nRun with --help for more information.");
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of writing, not a crash
  std::signal(SIGPIPE, SIG_DFL);  // `pericore ... | head` ends quietly

  CLI::App app(
      "Simulates how producer services and manufacturing move between core and periphery, and what policy does to "
      "that.",
      "pericore");
  app.set_version_flag("--version", std::string(pericore::build_description()));
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  pericore::cli::add_run(app);
  pericore::cli::add_sweep(app);
  pericore::cli::add_calibrate(app);
  pericore::cli::add_compare(app);
  pericore::cli::add_bias(app);
  pericore::cli::add_welfare(app);
  pericore::cli::add_report(app);
  pericore::cli::add_bifurcation(app);
  pericore::cli::add_indices(app);
  pericore::cli::add_productivity(app);
  pericore::cli::add_estimate(app);
  pericore::cli::add_check(app);
  pericore::cli::add_describe(app);
  pericore::cli::add_levers(app);
  pericore::cli::add_schema(app);
  pericore::cli::add_init(app);
  pericore::cli::add_completion(app);
  pericore::cli::add_man(app);
  add_colour(app);
  try {
    return pericore::cli::reported([&] {
      require_known_command(app, argc > 1 ? argv[1] : "");
      app.parse(argc, argv);
    });
  } catch (const CLI::Success& e) {  // --help, --version
    return app.exit(e);
  } catch (const CLI::RuntimeError& e) {  // said already
    return e.get_exit_code();
  } catch (const CLI::Error& e) {
    explain(app, e);
    return pericore::cli::wrong_input;
  }
}
