#include "config/keys.h"

#include <algorithm>
#include <array>
#include <vector>

namespace holter::config {
namespace {

// `Field` leads from the owner to the value that the row is about.
template <class Owner, auto Field>
constexpr Key<Owner> key(std::string_view name, std::string_view help, std::string_view example = {}) {
  return {name, help, [](const Value& value, Owner& into) { return config::read(value, Field(into)); },
          [](const Owner& from) { return config::written(Field(from)); }, example};
}

template <auto Field>
constexpr Key<Settings> live(std::string_view name, std::string_view help, std::string_view example = {}) {
  return key<Settings, Field>(name, help, example);
}

template <auto Field>
constexpr Key<Settings> fixed(std::string_view name, std::string_view help, std::string_view example = {}) {
  auto row = key<Settings, Field>(name, help, example);
  row.restart = true;
  return row;
}

// Of a session that comes at times of its own, where others have an interval.
template <auto Field>
constexpr Key<SessionSettings> of_job(std::string_view name, std::string_view help, std::string_view example) {
  auto row = key<SessionSettings, Field>(name, help, example);
  row.other = true;
  return row;
}

constexpr std::array kSettings = {
    fixed<[](auto& s) -> auto& { return s.name; }>("name", "What this host is called (default: its host name)",
                                                   "\"office\""),
    fixed<[](auto& s) -> auto& { return s.runtime; }>(
        "runtime", "Where the control socket is (default: by XDG and user)", "\"/run/holter\""),
    fixed<[](auto& s) -> auto& { return s.insecure; }>(
        "insecure",
        "Allow addresses other than loopback for the page and agents although nothing of them is encrypted or "
        "authenticated yet"),
    fixed<[](auto& s) -> auto& { return s.store.directory; }>(
        "store.directory", "Where records are kept (default: by XDG; /var/lib/holter as root)", "\"/var/lib/holter\""),
    fixed<[](auto& s) -> auto& { return s.store.budget_bytes; }>(
        "store.budget", "Most that the store may take on disk, at least 32MiB; what came first goes first"),
    fixed<[](auto& s) -> auto& { return s.http; }>("http.listen", "Address of the page and the API"),
    live<[](auto& s) -> auto& { return s.probe_on_request; }>(
        "http.probe", "Answer /probe as blackbox_exporter does: sends packets for whoever may ask (docs/moving.md)",
        "true"),
    fixed<[](auto& s) -> auto& { return s.hub_listen; }>("hub.listen", "holter hub: where agents connect"),
    fixed<[](auto& s) -> auto& { return s.agent_hub; }>("agent.hub", "holter agent: the hub (port 4282)",
                                                        "\"hub.example:4282\""),
    fixed<[](auto& s) -> auto& { return s.heartbeat.listen; }>("heartbeat.listen", "Where pulses are heard over UDP"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.limit; }>("heartbeat.limit", "How many sessions there may be"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.lines; }>(
        "heartbeat.lines", "Where lines of text are heard over TCP, and over TLS; [] for nowhere"),
    live<[](auto& s) -> auto& { return s.heartbeat.certificate; }>(
        "heartbeat.certificate", "What lines over TLS show: a file in PEM (default: one that signs itself)",
        "\"/etc/holter/certificate.pem\""),
    live<[](auto& s) -> auto& { return s.heartbeat.private_key; }>(
        "heartbeat.private_key", "The key of heartbeat.certificate: a file in PEM without a passphrase",
        "\"/etc/holter/key.pem\""),
    fixed<[](auto& s) -> auto& { return s.heartbeat.asks; }>(
        "heartbeat.asks", "How often a silent client is asked before its session is down"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.ask_interval; }>("heartbeat.ask_interval",
                                                                     "The time between two asks"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.silence; }>(
        "heartbeat.silence", "How long a client that announced no interval may be silent before it is asked"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.unauthenticated; }>(
        "heartbeat.unauthenticated", "How many sessions without a key there may be from elsewhere than loopback"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.pings; }>(
        "heartbeat.pings", "Where ping URLs are taken beside http.listen, as other hosts use them",
        "[\"0.0.0.0:4283\"]"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.period; }>(
        "heartbeat.period", "How often a session comes that is heard by ping URLs and has no schedule of its own"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.grace; }>(
        "heartbeat.grace", "How late a session may be that has a schedule and no grace of its own"),
    fixed<[](auto& s) -> auto& { return s.heartbeat.adaptive; }>(
        "heartbeat.adaptive", "Let the detection time of each session follow its link (docs/suspicion.md)"),
    fixed<[](auto& s) -> auto& { return s.compat_heartbeats.enabled; }>(
        "compat.heartbeats.enabled", "Hear clients of the heartbeats ancestor, who prove nothing"),
    fixed<[](auto& s) -> auto& { return s.compat_heartbeats.interface; }>(
        "compat.heartbeats.interface", "Where to hear them (default: all that have an IPv4 address)", "\"eth0\""),
    fixed<[](auto& s) -> auto& { return s.compat_heartbeats.port; }>("compat.heartbeats.port",
                                                                     "The TCP port that they speak to"),
    fixed<[](auto& s) -> auto& { return s.compat_heartbeats.reply_port; }>("compat.heartbeats.reply_port",
                                                                           "Their TCP port for PULSEs"),
    fixed<[](auto& s) -> auto& { return s.compat_heartbeats.timeout; }>(
        "compat.heartbeats.timeout", "How long one may be silent before it is sent a PULSE"),
    fixed<[](auto& s) -> auto& { return s.compat_heartbeats.pulses; }>(
        "compat.heartbeats.pulses", "How many PULSEs, 1.1 s apart, before it is given up"),
    fixed<[](auto& s) -> auto& { return s.capture.enabled; }>("capture.enabled", "Capture packets"),
    fixed<[](auto& s) -> auto& { return s.capture.interfaces; }>(
        "capture.interface", "What to capture on (default: the interface of the default route, else lo)",
        "[\"eth0\", \"eth1\"]"),
    fixed<[](auto& s) -> auto& { return s.capture.workers; }>("capture.workers",
                                                              "How many loops share the frames of each interface", "4"),
    live<[](auto& s) -> auto& { return s.capture.keep; }>(
        "capture.keep", "Record only the packets that this filter matches (docs/filters.md)", "\"not tcp.port == 22\""),
    live<[](auto& s) -> auto& { return s.capture.drop; }>(
        "capture.drop", "Record no packet that one of these filters matches", "[\"arp\", \"udp.port == 5353\"]"),
    fixed<[](auto& s) -> auto& { return s.capture.promiscuous; }>("capture.promiscuous",
                                                                  "See frames for other hosts as well"),
    fixed<[](auto& s) -> auto& { return s.capture.recorded; }>(
        "capture.record",
        "What is remembered: \"packets\" and conversations, conversations alone (\"flows\"), or neither (\"off\")",
        "\"flows\""),
    fixed<[](auto& s) -> auto& { return s.capture.packets_per_second; }>(
        "capture.packets_per_second",
        "Packets that are recorded one by one; of what is more only the conversations, and a gap says how many"),
    fixed<[](auto& s) -> auto& { return s.capture.export_interval; }>(
        "capture.export_interval", "How often a conversation that goes on is recorded"),
    fixed<[](auto& s) -> auto& { return s.recorder.enabled; }>(
        "recorder.enabled", "Keep the frames of the last seconds for holter freeze (docs/recorder.md)"),
    fixed<[](auto& s) -> auto& { return s.recorder.ring.bytes; }>("recorder.bytes",
                                                                  "Memory that it takes, from the beginning"),
    fixed<[](auto& s) -> auto& { return s.recorder.ring.horizon; }>("recorder.seconds",
                                                                    "How old a frame may become in it, at most 1h"),
    fixed<[](auto& s) -> auto& { return s.recorder.ring.snaplen; }>("recorder.snaplen",
                                                                    "How many bytes of each frame it keeps"),
    fixed<[](auto& s) -> auto& { return s.recorder.ring.reserve; }>(
        "recorder.reserve", "Of its memory, for monitored hosts and for control protocols, half each"),
    live<[](auto& s) -> auto& { return s.targets; }>(
        "probes.targets",
        "What is probed by itself: \"found\" gateways, resolvers and loopback; \"loopback\"; \"none\""),
    fixed<[](auto& s) -> auto& { return s.policy.local; }>(
        "policy.local",
        "Whether probes may use Unix sockets and files of this host (default: as its own configuration says, not as "
        "that of a hub does)",
        "true"),
    fixed<[](auto& s) -> auto& { return s.policy.deny; }>(
        "policy.deny",
        "Where no probe of this host may go, whoever asks for it: addresses and prefixes (default: the addresses at "
        "which clouds tell a machine's secrets)",
        "[\"169.254.0.0/16\", \"fe80::/10\"]"),
    live<[](auto& s) -> auto& { return s.log.level; }>("log.level", "\"debug\", \"info\", \"warn\" or \"error\""),
    live<[](auto& s) -> auto& { return s.log.levels; }>("log.levels", "Other levels for single components",
                                                        "{heartbeat = \"debug\"}"),
    fixed<[](auto& s) -> auto& { return s.log.file; }>("log.file", "Log into this file too, and rotate it",
                                                       "\"/var/log/holter/holter.log\""),
    fixed<[](auto& s) -> auto& { return s.log.rotate_size; }>("log.rotate_size", "How large the file may become"),
    fixed<[](auto& s) -> auto& { return s.log.rotate_keep; }>("log.rotate_keep", "How many older files are kept"),
};

constexpr std::array kSessions = {
    key<SessionSettings, [](auto& s) -> auto& { return s.name; }>("name", "As the client calls itself", "\"db1\""),
    key<SessionSettings, [](auto& s) -> auto& { return s.interval; }>(
        "interval", "How often it pulses, until it announces an interval itself", "\"10s\""),
    key<SessionSettings, [](auto& s) -> auto& { return s.detect_multiplier; }>(
        "detect_multiplier", "How many silent intervals are the detection time"),
    key<SessionSettings, [](auto& s) -> auto& { return s.asks; }>("asks", "As heartbeat.asks, for this session", "5"),
    key<SessionSettings, [](auto& s) -> auto& { return s.ask_interval; }>(
        "ask_interval", "As heartbeat.ask_interval, for this session", "\"2s\""),
    of_job<[](auto& s) -> auto& { return s.period; }>(
        "period", "For a job: how long after one sign of life the next is due", "\"1d\""),
    of_job<[](auto& s) -> auto& { return s.cron; }>("cron", "For a job: when a sign of life is due, as in a crontab",
                                                    "\"30 2 * * 1-5\""),
    of_job<[](auto& s) -> auto& { return s.time_zone; }>(
        "time_zone", "Whose clocks the cron expression means (default: the host's)", "\"Europe/Berlin\""),
    of_job<[](auto& s) -> auto& { return s.grace; }>(
        "grace", "How late a job may be, and how long it may run (default: heartbeat.grace)", "\"1h\""),
    key<SessionSettings, [](auto& s) -> auto& { return s.adaptive; }>(
        "adaptive", "As heartbeat.adaptive, for this session", "true"),
    key<SessionSettings, [](auto& s) -> auto& { return s.traffic; }>(
        "traffic", "Addresses of a host whose captured frames are signs of its life (docs/traffic.md)",
        "[\"192.0.2.7\", \"2001:db8::7\"]"),
    key<SessionSettings, [](auto& s) -> auto& { return s.labels; }>("labels", "What to order it by",
                                                                    "{site = \"attic\"}"),
};

constexpr std::array kProbes = {
    key<record::ProbePlan, [](auto& p) -> auto& { return p.name; }>("name", "What it is called; once in all files",
                                                                    "\"names\""),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.kind; }>(
        "kind", "\"icmp\", \"trace\", \"tcp\", \"udp\", \"http\", \"https\", \"dns\" or \"ntp\"", "\"dns\""),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.target; }>(
        "target", "Whom to ask: an address or a name; for tcp HOST:PORT, for http(s) a URL, for dns the resolver",
        "\"192.0.2.53\""),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.query; }>("query", "dns: the name that is asked for",
                                                                     "\"example.org\""),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.interval; }>("interval", "How often, at least 10ms",
                                                                        "\"10s\""),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.jitter; }>(
        "jitter", "Each start is later by its own part of this, below the interval", "\"500ms\""),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.overlap; }>(
        "overlap", "Start although the one before still runs; else that start is skipped and said to be"),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.timeout; }>(
        "timeout", "How long to wait, at most 10m (default: icmp 1s, tcp 3s, http and dns 5s)", "\"2s\""),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.expect; }>(
        "expect", "What the answer must be, in the language of docs/filters.md", "[\"rcode == NOERROR\"]"),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.options; }>(
        "options", "What its kind can be told beyond this (docs/probes)", "{}"),
    key<record::ProbePlan, [](auto& p) -> auto& { return p.labels; }>("labels", "What to order it by",
                                                                      "{site = \"attic\"}"),
};

// A way to probe: what a [[probe]] is, but for whom and how often.
bool is_of_modules(std::string_view key) {
  constexpr std::array<std::string_view, 5> kOfProbesAlone = {"target", "interval", "jitter", "overlap", "labels"};
  return std::ranges::find(kOfProbesAlone, key) == kOfProbesAlone.end();
}

constexpr std::array kNotifiers = {
    key<notify::Options, [](auto& n) -> auto& { return n.name; }>("name", "What it is called; once in all files",
                                                                  "\"pager\""),
    key<notify::Options, [](auto& n) -> auto& { return n.webhook; }>("webhook", "Tell by a POST of JSON to this URL",
                                                                     "\"https://hooks.example/holter\""),
    key<notify::Options, [](auto& n) -> auto& { return n.program; }>(
        "program", "Or tell a program, JSON on its standard input: its path and arguments",
        "[\"/usr/local/bin/tell\", \"ops\"]"),
    key<notify::Options, [](auto& n) -> auto& { return n.states; }>("states", "Tell of changes into these states"),
    key<notify::Options, [](auto& n) -> auto& { return n.sessions; }>(
        "sessions", "Tell of sessions whose names are like one of these (default: all)", "[\"db*\"]"),
    key<notify::Options, [](auto& n) -> auto& { return n.secret_file; }>(
        "secret_file", "webhook: sign with what this file holds", "\"/etc/holter/hook.secret\""),
    key<notify::Options, [](auto& n) -> auto& { return n.timeout; }>("timeout", "How long one try may take"),
};

}  // namespace

std::span<const Key<Settings>> settings_keys() { return kSettings; }
std::span<const Key<SessionSettings>> session_keys() { return kSessions; }
std::span<const Key<record::ProbePlan>> probe_keys() { return kProbes; }
std::span<const Key<record::ProbePlan>> module_keys() {
  static const auto keys = [] {
    std::vector<Key<record::ProbePlan>> of_modules;
    for (const auto& key : kProbes) {
      if (is_of_modules(key.name)) of_modules.push_back(key);
    }
    return of_modules;
  }();
  return keys;
}
std::span<const Key<notify::Options>> notify_keys() { return kNotifiers; }

}  // namespace holter::config
