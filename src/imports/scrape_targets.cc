// The targets of a Prometheus that asks blackbox_exporter (blackbox.h).
#include <fmt/format.h>

#include <algorithm>

#include "imports/blackbox.h"
#include "imports/table_reader.h"
#include "imports/words.h"

namespace holter::imports {
namespace {

constexpr base::Duration kPrometheusInterval = base::Duration::minutes(1);  // unless something else is said

// Of a job or of all jobs.
base::Duration interval_of(const Yaml& job, const Yaml& prometheus) {
  const Yaml* const global = prometheus.find("global");
  const std::string of_all = global == nullptr ? "" : global->text_of("scrape_interval");
  return go_duration(job.text_of("scrape_interval", of_all)).value_or(kPrometheusInterval);
}

record::Labels labels_of(const Yaml& targets) {
  record::Labels labels;
  const Yaml* const table = targets.find("labels");
  if (table == nullptr) return labels;
  for (const auto& label : table->members) {
    if (labels.size() < record::kMaxLabels)
      labels.emplace_back(label.key, label.text.substr(0, record::kMaxLabelBytes));
  }
  std::ranges::sort(labels);
  return labels;
}

class JobReader {
 public:
  JobReader(const Yaml& job, base::Duration interval, Imported& into) : job_(job), interval_(interval), into_(into) {}

  void read(std::set<std::string>& names) {
    const std::string name = job_.text_of("job_name");
    const Yaml* const params = job_.find("params");
    const Yaml* const module = params == nullptr ? nullptr : params->find("module");
    const std::string wanted = module == nullptr || module->texts().empty() ? "http_2xx" : module->texts().front();
    const auto found = std::ranges::find(into_.modules, wanted, [](const Entry& entry) { return entry.plan.name; });
    if (job_.text_of("metrics_path") != "/probe") {
      return note(job_.line, "is no job of blackbox_exporter (its metrics_path is not /probe)");
    }
    if (found == into_.modules.end()) return note(job_.line, "module " + shown(wanted) + " is not there");
    for (const auto& member : job_.members) note_others(member);
    const Yaml* const configs = job_.find("static_configs");
    if (configs == nullptr) return;
    for (const auto& config : configs->items) {
      const Yaml* const targets = config.find("targets");
      if (targets == nullptr) continue;
      for (const auto& target : targets->items) {
        Entry entry{target.line, found->plan};
        if (into_.probes.size() == record::kMaxPlanEntries)
          return note(target.line, "there are more than 20,000 targets");
        entry.plan.target = target.text;
        if (entry.plan.kind == record::ProbeKind::http && target.text.find("://") == std::string::npos) {
          entry.plan.target = "http://" + target.text;
        }
        entry.plan.name = unique_name(names, name + ' ' + target.text);
        entry.plan.interval = interval_;
        entry.plan.labels = labels_of(config);
        into_.probes.push_back(std::move(entry));
      }
    }
  }

 private:
  void note(std::uint32_t line, const std::string& text) {
    into_.note(line, "job " + shown(job_.text_of("job_name")) + ": " + text);
  }

  // The relabelling that makes a job one of blackbox_exporter is no loss; what names targets elsewhere is.
  void note_others(const Yaml& member) {
    constexpr std::string_view kRead[] = {"job_name", "metrics_path",   "params",         "static_configs",
                                          "scheme",   "scrape_timeout", "scrape_interval"};
    if (member.key == "relabel_configs") {
      for (const auto& rule : member.items) {
        const std::string to = rule.text_of("target_label");
        if (to == "__param_target" || to == "instance" || to == "__address__") continue;
        note(rule.line, "a rule of relabel_configs for " + shown(to) + " has no counterpart here");
      }
    } else if (std::ranges::find(kRead, member.key) == std::end(kRead)) {
      note(member.line, shown(member.key) + " has no counterpart here");
    }
  }

  const Yaml& job_;
  base::Duration interval_;
  Imported& into_;
};

}  // namespace

void read_scrape_targets(const Yaml& prometheus, Imported& into) {
  const Yaml* const jobs = prometheus.find("scrape_configs");
  if (jobs == nullptr) return into.note(0, "there are no scrape_configs among the targets");
  std::set<std::string> names;
  for (const auto& job : jobs->items) JobReader(job, interval_of(job, prometheus), into).read(names);
}

}  // namespace holter::imports
