/// @file
/// The log of a training, for programs: CSV, JSON lines, and events for TensorBoard.
#pragma once
#include <selfsame/core/schedule.hpp>
#include <selfsame/io/event_file.hpp>
#include <selfsame/io/file.hpp>
#include <selfsame/io/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>

namespace selfsame::program {

/// A text file that grows line by line and can be read meanwhile.
class LineFile {
 public:
  /// Goes on after the lines that are there, or begins anew.
  LineFile(const std::filesystem::path& path, bool append)
      : path_(path), file_(std::fopen(path.c_str(), append ? "a" : "w"), &std::fclose) {
    if (!file_) detail::file_error("write", path_);
  }
  void line(const std::string& text) {
    if (std::fprintf(file_.get(), "%s\n", text.c_str()) < 0 || std::fflush(file_.get()) != 0)
      detail::file_error("write", path_);
  }

 private:
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

struct LogEntry {
  Index step = 0;  ///< steps done
  Index epoch = 0;
  double loss = 0;
  double rate = 0;     ///< of the optimizer
  double images = 0;   ///< a second, since the entry before
  double seconds = 0;  ///< of training, over all resumes
};

/// log.csv, log.jsonl and an event file a start, the same numbers in all.
class TrainingLog {
 public:
  /// @param done  steps that a checkpoint has: entries of later ones are cut off, and events of theirs
  ///              forgotten by TensorBoard, for they come again; 0 begins anew
  TrainingLog(const std::filesystem::path& folder, Index done)
      : seconds_(keep(folder / "log.csv", done, [](const std::string& s) { return s; })),
        csv_(folder / "log.csv", done > 0),
        jsonl_(folder / "log.jsonl", (keep(folder / "log.jsonl", done, after_colon), done > 0)),
        events_(folder, done + 1) {
    if (done == 0) csv_.line("step,epoch,loss,rate,images_per_second,seconds");
  }
  void add(LogEntry e) {
    e.seconds += seconds_;
    char line[200];
    std::snprintf(line, sizeof line, "%td,%td,%.6g,%.6g,%.1f,%.2f", e.step, e.epoch, e.loss, e.rate,
                  e.images, e.seconds);
    csv_.line(line);
    jsonl_.line(JsonObject()
                    .add("step", e.step)
                    .add("epoch", e.epoch)
                    .add("loss", e.loss)
                    .add("rate", e.rate)
                    .add("images_per_second", e.images)
                    .add("seconds", e.seconds)
                    .text());
    events_.add(e.step, "loss", e.loss);
    events_.add(e.step, "rate", e.rate);
    events_.add(e.step, "images_per_second", e.images);
  }

 private:
  static std::string after_colon(const std::string& line) {
    const auto colon = line.find(':');
    return colon == line.npos ? line : line.substr(colon + 1);
  }
  // Keeps the lines of steps up to `done`; returns the last number of the last of them.
  template <class F>
  static double keep(const std::filesystem::path& path, Index done, F&& step_text) {
    if (done == 0 || !std::filesystem::exists(path)) return 0;
    std::istringstream lines(read_file(path));
    std::string line, kept, last;
    while (std::getline(lines, line) && !lines.eof()) {  // a last line without an end is a torn one
      if (std::atoll(step_text(line).c_str()) > done) break;
      kept += line + "\n";
      last = line;
    }
    write_file(path, kept);
    return std::atof(last.substr(last.rfind(',') + 1).c_str());
  }
  double seconds_;
  LineFile csv_, jsonl_;
  EventFile events_;
};

}  // namespace selfsame::program
