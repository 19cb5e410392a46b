// SPDX-License-Identifier: Apache-2.0
#include "support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace lamppost {
namespace {

constexpr int kNoSuchProgram = 127;

void redirect(const char* file, int flags, int descriptor) {
  const int opened = open(file, flags, 0600);
  if (opened >= 0) dup2(opened, descriptor);
}

// After fork: only async-signal-safe calls, so every string is ready before.
[[noreturn]] void become(char* const* arguments, const char* input, const char* output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  redirect(input, O_RDONLY, STDIN_FILENO);
  redirect(output, O_WRONLY | O_CREAT | O_APPEND, STDOUT_FILENO);
  redirect(output, O_WRONLY | O_CREAT | O_APPEND, STDERR_FILENO);
  for (int descriptor = 3; descriptor < 1024; ++descriptor) close(descriptor);
  execvp(arguments[0], arguments);
  _exit(kNoSuchProgram);
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Debian keeps daemons in a directory that a user's PATH need not have.
void widen_path() {
  const char* path = std::getenv("PATH");
  const std::string old = path == nullptr ? "/usr/bin:/bin" : path;
  if (old.find("/usr/sbin") == std::string::npos)
    setenv("PATH", (old + ":/usr/sbin:/sbin").c_str(), 1);
}

}  // namespace

Process::Process(const Command& command, const std::filesystem::path& input,
                 const std::filesystem::path& output) {
  widen_path();
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string from = input.empty() ? "/dev/null" : input.string();
  const std::string to = output.empty() ? "/dev/null" : output.string();
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), from.c_str(), to.c_str());
  if (pid_ < 0) throw std::runtime_error("cannot fork to run " + command.front());
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), code_(std::exchange(other.code_, -1)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(code_, other.code_);
  return *this;
}

Process::~Process() {
  if (!running()) return;
  signal(SIGKILL);
  wait();
}

bool Process::running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  code_ = exit_code(status);
  return false;
}

void Process::signal(int number) {
  if (pid_ > 0) kill(pid_, number);
}

int Process::wait() {
  int status = 0;
  if (pid_ > 0 && waitpid(pid_, &status, 0) == pid_) code_ = exit_code(status);
  pid_ = -1;
  return code_;
}

void run(const Command& command, const std::filesystem::path& input) {
  const TempDirectory temporary;
  const int code = Process(command, input, temporary / "output").wait();
  if (code == 0) return;
  std::string line;
  for (const std::string& word : command) line += word + " ";
  const std::string hint = code == kNoSuchProgram ? " (is it installed? try ./dev deps)" : "";
  throw std::runtime_error(line + "ended with " + std::to_string(code) + hint + "\n" +
                           read_text(temporary / "output"));
}

std::string read_text(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace lamppost
