// What browser_test.py wants to know about the page, as one JSON object on standard output.
// Argument: JSON with url, out, chromium, profile, work (has node_modules), timeout (ms), and session (command), or cut
// and mend (commands) for what it looks like when the hub is blind.
import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const settings = JSON.parse(process.argv[2]);
const { chromium } = createRequire(path.join(settings.work, 'package.json'))('playwright-core');
const origin = new URL(settings.url).origin;

const browser = await chromium.launchPersistentContext(settings.profile, {
  executablePath: settings.chromium,
  headless: true,
  viewport: { width: 1280, height: 900 },
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
let session;
try {
  console.log(JSON.stringify(await (settings.cut ? lookBlind : look)(browser.pages()[0] ?? (await browser.newPage()))));
} finally {
  session?.kill('SIGKILL');
  await browser.close();
}

// What must not happen on any page, as it happens.
function watched(page) {
  const seen = { dialogs: [], console: [], elsewhere: [], loads: 0 };
  page.setDefaultTimeout(settings.timeout);
  page.on('dialog', (dialog) => { seen.dialogs.push(dialog.message()); dialog.dismiss(); });
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && seen.console.push(message.text()));
  page.on('pageerror', (error) => seen.console.push(String(error)));
  page.on('request', (request) => new URL(request.url()).origin !== origin && seen.elsewhere.push(request.url()));
  page.on('load', () => (seen.loads += 1));
  return seen;
}

async function lookBlind(page) {
  const seen = watched(page);
  await page.goto(settings.url);
  const session = page.locator('[data-session="db1"]');
  await session.getByText('up', { exact: true }).waitFor();
  const banner = page.locator('ul.blind');
  seen.before = await banner.count();
  execFileSync(settings.cut[0], settings.cut.slice(1));
  await banner.waitFor();
  seen.banner = await banner.innerText();
  seen.role = await banner.getAttribute('role');
  await session.getByText('blind', { exact: true }).waitFor();
  await page.screenshot({ path: path.join(settings.out, 'blind.png'), fullPage: true });
  execFileSync(settings.mend[0], settings.mend.slice(1));
  await banner.waitFor({ state: 'detached' });
  await session.getByText('up', { exact: true }).waitFor();
  return seen;
}

async function look(page) {
  const seen = watched(page);
  await page.goto(settings.url);
  const rtt = page.locator('[data-probe="loopback"] .rtt');
  await rtt.waitFor();
  seen.rtt_history = [await rtt.innerText()];
  const late = page.locator('[data-session="late"]');
  seen.late_before = await late.isVisible();
  session = spawn(settings.session[0], settings.session.slice(1), { stdio: 'ignore' });
  await late.getByText('here I am').waitFor();
  await late.getByText('up', { exact: true }).waitFor();
  seen.late_after = await late.innerText();
  seen.labels = await late.locator('.labels').innerText();
  seen.labels_tip = await late.locator('.labels').getAttribute('title');

  const hostile = page.locator('[aria-label="Sessions"]');
  seen.hostile_text = await hostile.innerText();
  seen.hostile_elements = await hostile.locator('img, script, [onerror]').count();
  await page.waitForFunction((before) => document.querySelector('[data-probe="loopback"] .rtt')?.innerText !== before,
    seen.rtt_history[0]);
  seen.rtt = await rtt.innerText();
  seen.rtt_history.push(seen.rtt);
  await page.screenshot({ path: path.join(settings.out, 'wide.png'), fullPage: true });

  session.kill('SIGKILL');
  await late.getByText('down', { exact: true }).waitFor();
  seen.late_killed = await late.innerText();

  await page.setViewportSize({ width: 360, height: 740 });
  await page.screenshot({ path: path.join(settings.out, 'narrow.png'), fullPage: true });
  seen.narrow_width = await page.evaluate(() => document.documentElement.scrollWidth);
  seen.connection = await page.locator('[role="status"]').innerText();
  return seen;
}
