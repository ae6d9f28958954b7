// The shapes of docs/api.md.

export interface Health {
  status: 'ok' | 'degraded';
  version: string;
  role: string;
  name: string;
  agent: string;
  now: string;
  started: string;
  uptime_seconds: number;
  addresses: string[];
  pulses: string[];
  store: {
    directory: string;
    bytes: number;
    budget_bytes: number;
    oldest: string | null;
    records: Record<string, number>;
    lost: number;
  };
  agents: { agent: string; name: string; connected: boolean; last_seen: string; spooled: number }[];
  problems: string[];
  blind: { since: string; interface: string; why: string; sessions: number }[];
  network_changes: NetworkChange[];
  gaps: { cause: string; lane: string; count: number; from: string; to: string; where: string }[];
}

export interface NetworkChange {
  at: string;
  what: string;
  subject: string;
  before: string;
  after: string;
  interface: string; // empty: the host itself knows it
}

export interface Outcome {
  at: string;
  outcome: string;
  failed_in: string | null;
  rtt_ms: number | null;
  kernel_stamped: boolean;
  detail: string;
}

// Of a target that is planned and has not answered yet.
export interface NoOutcome {
  at: null;
  outcome: null;
  failed_in: null;
  rtt_ms: null;
  kernel_stamped: null;
  detail: null;
}

export interface Point {
  at: string;
  rtt_ms: number | null;
}

export interface Target {
  agent: string;
  agent_name: string | null;
  probe: string;
  kind: string;
  target: string;
  address: string | null;
  interval_seconds: number | null;
  labels: Record<string, string>;
  last: Outcome | NoOutcome;
  window: {
    seconds: number;
    sent: number;
    ok: number;
    loss_ratio: number | null;
    rtt_min_ms: number | null;
    rtt_median_ms: number | null;
    rtt_max_ms: number | null;
  };
  history: Point[];
}

export interface Result extends Outcome {
  agent: string;
  agent_name: string | null;
  probe: string;
  kind: string;
  target: string;
  address: string;
}

export type SessionState = 'init' | 'up' | 'pulsing' | 'down' | 'admin_down' | 'blind';

export interface Session {
  agent: string;
  agent_name: string | null;
  since: string | null;
  name: string;
  state: SessionState;
  peer: string;
  labels: Record<string, string>; // of its [[session]]
  authentication: string; // "none", "loopback" or "key"
  interval_seconds: number | null;
  detect_multiplier: number | null;
  detection_time_seconds: number | null;
  suspicion: number | null;
  last_heard: string | null;
  silent_seconds: number;
  asked: number;
  asks: number | null;
  pulses: number;
  messages: number;
  last_message: { at: string; text: string } | null;
  changes: { at: string; from: string; to: string; diagnostic: string }[];
}

export interface Conversation {
  agent: string;
  agent_name: string | null;
  interface: string;
  protocol: string;
  ip_protocol: number;
  initiator: string;
  initiator_port: number;
  responder: string;
  responder_port: number;
  first: string;
  last: string;
  packets: [number, number];
  bytes: [number, number];
  ended: string | null;
}

export interface Capture {
  agent: string;
  agent_name: string | null;
  interface: string;
  state: 'capturing' | 'waiting' | 'off';
  why: string;
  packets: number;
  bytes: number;
  packets_per_second: number;
  bits_per_second: number;
  kernel_drops: number;
  filtered: number;
  kernel_refused: number | null;
  own: number;
  undecoded: number;
  truncated: number;
  flows: number;
  flows_evicted: number;
}
