#include "imports/blackbox.h"

#include <fmt/format.h>

#include <algorithm>

#include "imports/table_reader.h"
#include "imports/words.h"

namespace holter::imports {
namespace {

using record::ProbeKind;
using record::ProbePlan;
using Why = std::optional<std::string>;
using Rows = TableReader::Rows;

constexpr const char* kEitherFamily = "has no counterpart: of several addresses the first that answers is taken";

void add(ProbePlan& plan, const char* option, std::string value) { plan.options.push_back({option, std::move(value)}); }

// A row that sets an option to what stands there.
TableReader::Take to_option(ProbePlan& plan, const char* option) {
  return [&plan, option](const Yaml& value) -> Why {
    if (value.kind != Yaml::Kind::text) return "is no text";
    if (!value.text.empty()) add(plan, option, value.text);
    return std::nullopt;
  };
}

// A row that sets an option when it is true, or false.
TableReader::Take to_switch(ProbePlan& plan, const char* option, const char* set_to = "true", bool when = true) {
  return [&plan, option, set_to, when](const Yaml& value) -> Why {
    if (value.is_true() == when) add(plan, option, set_to);
    return std::nullopt;
  };
}

Why nothing(const Yaml&) { return std::nullopt; }

// Which of two families is asked first cannot be said, only that no other is asked.
void family_rows(Rows& rows, ProbePlan& plan, const Yaml& table) {
  const bool falls_back = table.text_of("ip_protocol_fallback", "true") == "true";
  rows["ip_protocol_fallback"] = nothing;
  rows["preferred_ip_protocol"] = [&plan, falls_back](const Yaml& value) -> Why {
    if (falls_back) return kEitherFamily;
    add(plan, value.text == "ip4" ? "ipv4" : "ipv6", "true");
    return std::nullopt;
  };
  rows["source_ip_address"] = to_option(plan, "source");
}

// Of each header or pattern: {header: NAME, regexp: RE, allow_missing: true}.
Why header_expectations(const Yaml& list, ProbePlan& plan, bool must_match) {
  for (const auto& item : list.items) {
    const std::string name = lower_case(item.text_of("header"));
    std::string pattern = item.text_of("regexp");
    const bool from_begin = pattern.starts_with('^');
    if (from_begin) pattern.erase(0, 1);
    const std::string here = "header ~ " + quoted("^" + name + ": " + (from_begin ? "" : ".*") + "(?:" + pattern + ")");
    const std::string missing = "not header ~ " + quoted("^" + name + ": ");
    const bool may_miss = item.find("allow_missing") != nullptr && item.find("allow_missing")->is_true();
    plan.expect.push_back(!must_match ? "not " + here : may_miss ? here + " or " + missing : here);
  }
  return std::nullopt;
}

void tls_rows(Rows& rows, ProbePlan& plan, bool http) {
  rows["insecure_skip_verify"] = http ? to_switch(plan, "verify", "false") : to_switch(plan, "insecure");
  if (!http) {
    rows["server_name"] = to_option(plan, "tls_name");
    return;
  }
  rows["ca_file"] = to_option(plan, "ca_file");
  rows["cert_file"] = to_option(plan, "certificate");
  rows["key_file"] = to_option(plan, "key");
}

class ModuleReader {
 public:
  ModuleReader(Imported& imported, const Yaml& module) : imported_(imported), module_(module) {}

  void read() {
    plan_.name = module_.key;
    const std::string prober = module_.text_of("prober");
    const bool known = prober == "http" || prober == "tcp" || prober == "icmp" || prober == "dns";
    if (!known) {
      return imported_.note(module_.line, where() + ": there is no prober " + shown(prober) + " here; nothing of it");
    }
    plan_.kind = prober == "http"   ? ProbeKind::http
                 : prober == "tcp"  ? ProbeKind::tcp
                 : prober == "icmp" ? ProbeKind::icmp
                                    : ProbeKind::dns;
    plan_.timeout = record::default_timeout(plan_.kind);
    const TableReader reader(imported_, where());
    Rows rows = {{"prober", nothing}, {"timeout", [this](const Yaml& value) { return timeout(value); }}};
    rows[prober] = [this, &prober](const Yaml& table) -> Why {
      details(prober, table);
      return std::nullopt;
    };
    for (const char* const other : {"http", "tcp", "icmp", "dns", "grpc"}) rows.try_emplace(other, nothing);
    if (plan_.kind == ProbeKind::http && !has_statuses()) plan_.expect.emplace_back("status >= 200 and status < 300");
    reader.read(module_, rows);
    imported_.modules.push_back({module_.line, std::move(plan_)});
  }

 private:
  std::string where() const { return "module " + shown(module_.key); }

  bool has_statuses() const {
    const Yaml* const http = module_.find("http");
    const Yaml* const statuses = http == nullptr ? nullptr : http->find("valid_status_codes");
    return statuses != nullptr && !statuses->items.empty();
  }

  Why timeout(const Yaml& value) {
    const auto timeout = go_duration(value.text);
    if (!timeout) return "is no duration";
    plan_.timeout = *timeout;
    return std::nullopt;
  }

  void details(const std::string& prober, const Yaml& table) {
    Rows rows;
    family_rows(rows, plan_, table);
    if (prober == "http") http_rows(rows);
    if (prober == "tcp") tcp_rows(rows);
    if (prober == "dns") dns_rows(rows);
    if (prober == "icmp") {
      rows["ttl"] = to_option(plan_, "ttl");
      rows["payload_size"] = to_option(plan_, "size");
      rows["dont_fragment"] = to_switch(plan_, "whole");
    }
    TableReader(imported_, where() + ": " + prober).read(table, rows);
  }

  // What stands in a table within the prober's.
  TableReader::Take inner(const char* name, Rows rows) {
    return [this, name, rows = std::move(rows)](const Yaml& table) -> Why {
      TableReader(imported_, where() + ": " + name).read(table, rows);
      return std::nullopt;
    };
  }

  void http_rows(Rows& rows) {
    rows["method"] = to_option(plan_, "method");
    rows["body"] = to_option(plan_, "body");
    rows["proxy_url"] = to_option(plan_, "proxy");
    rows["bearer_token"] = to_option(plan_, "bearer");
    rows["follow_redirects"] = to_switch(plan_, "redirects", "0", false);
    rows["no_follow_redirects"] = to_switch(plan_, "redirects", "0");
    rows["enable_http2"] = to_switch(plan_, "http_version", "1.1", false);
    rows["compression"] = [this](const Yaml& value) -> Why {
      if (value.text != "gzip" && value.text != "deflate" && value.text != "br") return "is none that is known here";
      add(plan_, "compressed", "true");
      return std::nullopt;
    };
    rows["headers"] = [this](const Yaml& table) -> Why {
      for (const auto& header : table.members) add(plan_, "header", header.key + ": " + header.text);
      return std::nullopt;
    };
    rows["basic_auth"] = [this](const Yaml& table) -> Why {
      if (table.find("password") == nullptr) return "is taken with a password alone, not with one in a file";
      add(plan_, "user", table.text_of("username") + ':' + table.text_of("password"));
      return std::nullopt;
    };
    rows["authorization"] = [this](const Yaml& table) -> Why {
      if (lower_case(table.text_of("type", "Bearer")) != "bearer" || table.find("credentials") == nullptr) {
        return "is taken as a bearer token alone, not from a file";
      }
      add(plan_, "bearer", table.text_of("credentials"));
      return std::nullopt;
    };
    Rows tls;
    tls_rows(tls, plan_, true);
    rows["tls_config"] = inner("tls_config", std::move(tls));
    http_expectation_rows(rows);
  }

  void http_expectation_rows(Rows& rows) {
    rows["valid_status_codes"] = [this](const Yaml& list) -> Why {
      if (list.items.empty()) return std::nullopt;
      if (!std::ranges::all_of(list.texts(), is_number)) return "is no list of numbers";
      plan_.expect.push_back(one_of("status", list.texts()));
      return std::nullopt;
    };
    rows["valid_http_versions"] = [this](const Yaml& list) -> Why {
      auto versions = list.texts();
      for (auto& version : versions) version = quoted(version == "HTTP/2.0" ? "HTTP/2" : version);
      if (!versions.empty()) plan_.expect.push_back(one_of("version", versions));
      return std::nullopt;
    };
    rows["fail_if_ssl"] = [this](const Yaml& value) { return expect_if(value, "not tls_version ~ '.'"); };
    rows["fail_if_not_ssl"] = [this](const Yaml& value) { return expect_if(value, "tls_version ~ '.'"); };
    rows["fail_if_body_matches_regexp"] = [this](const Yaml& list) { return expect_each(list, "not body ~ "); };
    rows["fail_if_body_not_matches_regexp"] = [this](const Yaml& list) { return expect_each(list, "body ~ "); };
    rows["fail_if_header_matches"] = [this](const Yaml& list) { return header_expectations(list, plan_, false); };
    rows["fail_if_header_not_matches"] = [this](const Yaml& list) { return header_expectations(list, plan_, true); };
  }

  Why expect_if(const Yaml& value, const char* expectation) {
    if (value.is_true()) plan_.expect.emplace_back(expectation);
    return std::nullopt;
  }
  Why expect_each(const Yaml& list, const std::string& before) {
    for (const auto& pattern : list.texts()) plan_.expect.push_back(before + quoted(pattern));
    return std::nullopt;
  }

  void tcp_rows(Rows& rows) {
    rows["tls"] = to_switch(plan_, "tls");
    Rows tls;
    tls_rows(tls, plan_, false);
    rows["tls_config"] = inner("tls_config", std::move(tls));
    rows["query_response"] = [this](const Yaml& list) -> Why {
      dialogue(list);
      return std::nullopt;
    };
  }

  // The banner, or one question and its reply: what goes beyond that is not taken.
  void dialogue(const Yaml& list) {
    const TableReader reader(imported_, where() + ": query_response");
    bool sent = false;
    bool heard = false;
    for (const auto& step : list.items) {
      const std::string expect = step.text_of("expect");
      const std::string send = step.text_of("send");
      if (step.find("starttls") != nullptr) reader.note(step.line, "'starttls' is the option starttls = PROTOCOL here");
      if (!expect.empty() && heard) {
        reader.note(step.line, "expect " + shown(expect) + ": one reply is waited for");
      } else if (!expect.empty()) {
        heard = true;
        if (!sent) add(plan_, "banner", "true");
        plan_.expect.push_back((sent ? "reply ~ " : "banner ~ ") + quoted(expect));
      }
      if (send.empty()) continue;
      if (heard || sent) {
        reader.note(step.line, "send " + shown(send) + ": one thing is sent, before the reply");
      } else {
        sent = true;
        add(plan_, "send", send + "\\n");
      }
    }
  }

  void dns_rows(Rows& rows) {
    rows["query_name"] = [this](const Yaml& value) -> Why {
      plan_.query = value.text;
      return std::nullopt;
    };
    if (const Yaml* const dns = module_.find("dns"); dns == nullptr || dns->find("query_type") == nullptr) {
      add(plan_, "type", "ANY");  // as that program does
    }
    rows["query_type"] = to_option(plan_, "type");
    rows["recursion_desired"] = to_switch(plan_, "recurse", "false", false);
    rows["transport_protocol"] = to_option(plan_, "transport");
    rows["dns_over_tls"] = to_switch(plan_, "transport", "dot");
    rows["valid_rcodes"] = [this](const Yaml& list) -> Why {
      if (!list.texts().empty()) plan_.expect.push_back(one_of("rcode", list.texts()));
      return std::nullopt;
    };
    rows["validate_answer_rrs"] = [](const Yaml&) -> Why { return "is to be said with expect and the fact answer"; };
    rows["validate_authority_rrs"] = rows["validate_additional_rrs"] = [](const Yaml&) -> Why {
      return "has no counterpart: only answers are facts";
    };
  }

  Imported& imported_;
  const Yaml& module_;
  ProbePlan plan_;
};

}  // namespace

bool is_blackbox(const Yaml& root) {
  const Yaml* const modules = root.find("modules");
  return modules != nullptr && modules->kind == Yaml::Kind::table;
}

Imported read_blackbox(const Yaml& root) {
  Imported imported;
  for (const auto& member : root.members) {
    if (member.key != "modules") imported.note(member.line, shown(member.key) + " has no counterpart here");
  }
  if (const Yaml* const modules = root.find("modules")) {
    for (const auto& module : modules->members) ModuleReader(imported, module).read();
  }
  return imported;
}

}  // namespace holter::imports
