// The live picture: one EventSource, one reactive object. The server sends whole states except for probe results, which
// are appended to their target's history here.
import type { Capture, Conversation, Health, Point, Result, Session, Target } from './types';

const HISTORY_LENGTH = 120;
const WINDOW_SECONDS = 60;

export type Connection = 'connecting' | 'live' | 'lost';

export class Live {
  connection = $state<Connection>('connecting');
  health = $state.raw<Health | null>(null);
  targets = $state.raw<Target[]>([]);
  sessions = $state.raw<Session[]>([]);
  captures = $state.raw<Capture[]>([]);
  conversations = $state.raw<Conversation[]>([]);
  held = $state(0);

  constructor(source: EventSource) {
    source.onopen = () => (this.connection = 'live');
    source.onerror = () => (this.connection = 'lost');
    const on = <T>(event: string, take: (data: T) => void) =>
      source.addEventListener(event, (e) => take(JSON.parse((e as MessageEvent<string>).data) as T));
    on<Health>('health', (data) => (this.health = data));
    on<{ targets: Target[] }>('targets', (data) => (this.targets = data.targets));
    on<{ sessions: Session[] }>('sessions', (data) => (this.sessions = data.sessions));
    on<{ interfaces: Capture[] }>('capture', (data) => (this.captures = data.interfaces));
    on<{ conversations: Conversation[]; held: number }>('conversations', (data) => {
      this.conversations = data.conversations;
      this.held = data.held;
    });
    on<Result>('result', (result) => (this.targets = withResult(this.targets, result)));
  }
}

function withResult(targets: Target[], result: Result): Target[] {
  const index = targets.findIndex((t) => t.probe === result.probe && t.agent === result.agent);
  const before = targets[index]?.history ?? [];
  const history = [...before, { at: result.at, rtt_ms: result.rtt_ms }].slice(-HISTORY_LENGTH);
  const known = targets[index] ?? { interval_seconds: null, labels: {} };
  const window = windowOf(history, Date.parse(result.at));
  const target: Target = { ...known, ...result, last: result, history, window };
  return index < 0 ? [...targets, target] : targets.map((t, i) => (i === index ? target : t));
}

export function windowOf(history: Point[], now: number): Target['window'] {
  const points = history.filter((p) => Date.parse(p.at) > now - WINDOW_SECONDS * 1000);
  const rtts = points.flatMap((p) => (p.rtt_ms === null ? [] : [p.rtt_ms])).sort((a, b) => a - b);
  return {
    seconds: WINDOW_SECONDS,
    sent: points.length,
    ok: rtts.length,
    loss_ratio: points.length ? 1 - rtts.length / points.length : null,
    rtt_min_ms: rtts[0] ?? null,
    rtt_median_ms: rtts[Math.floor(rtts.length / 2)] ?? null,
    rtt_max_ms: rtts[rtts.length - 1] ?? null,
  };
}
