// Numbers as people read them: three significant digits and a unit.

export function rtt(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1) return `${(ms * 1000).toPrecision(3).replace(/\.0+$/, '')} µs`;
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}

export function percent(ratio: number | null): string {
  if (ratio === null) return '–';
  return ratio === 0 ? '0 %' : `${Number((ratio * 100).toPrecision(2))} %`;
}

function scaled(n: number, step: number, units: string[]): string {
  let unit = 0;
  while (n >= step && unit < units.length - 1) {
    n /= step;
    unit += 1;
  }
  return `${unit === 0 || n >= 100 ? Math.floor(n) : Number(n.toFixed(1))} ${units[unit]}`;
}

// Sizes are in binary units, as in the terminal; rates of a line are decimal, as everywhere.
export function bytes(n: number): string {
  return scaled(n, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

export function bits(n: number): string {
  return scaled(n, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

export function count(n: number): string {
  return Math.round(n).toLocaleString('en').replaceAll(',', '\u202f');
}

export function seconds(s: number | null): string {
  if (s === null) return '–';
  if (s < 60) return `${Number(s.toPrecision(2))} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export function clock(at: string): string {
  return new Date(at).toLocaleTimeString();
}

export function endpoint(address: string, port: number, protocol: string): string {
  if (protocol !== 'tcp' && protocol !== 'udp') return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
