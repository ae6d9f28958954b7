// Text from outside, so that what acts on a screen shows instead: controls, direction marks, invisible characters and
// tags become \u{NNNN}, as UntrustedText does for a terminal (src/base/untrusted_text.cc has the same ranges).
// Svelte keeps the text from being markup; this keeps it from turning its surroundings around.
const ACTING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\u{e0000}-\u{e007f}]/gu;

export function visible(text: string): string {
  return text.replace(ACTING, (c) => `\\u{${c.codePointAt(0)!.toString(16).padStart(4, '0')}}`);
}
