/**
 * The page that hands a key over: one file without scripts and without anything from elsewhere, which fits on one sheet of
 * A4 or Letter, black on white, and which Sallyport imports as it is. Pure: the QR code comes in drawn.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { encodeBase64 } from '../spa/base64';
import { escapeHtml, unescapeHtml } from '../text/html';
import { setSpan } from '../text/duration';
import { paperSections } from './paper';
import type { PersonKey } from './person-key';

const STYLE = `
@page { margin: 14mm; }
:root { color-scheme: only light; font: 10pt/1.4 system-ui, -apple-system, "Segoe UI", sans-serif; }
body { max-width: 182mm; margin: 0 auto; padding: 6mm 0; color: #000; background: #fff; }
@media print { body { padding: 0; } .unprinted { display: none; } }
h1 { font-size: 18pt; line-height: 1.2; margin: 0 0 1mm; overflow-wrap: anywhere; }
h2 { font-size: 11pt; margin: 4mm 0 1.5mm; padding-top: 2.5mm; border-top: 0.3mm solid #000; }
p { margin: 0 0 1.5mm; }
ol { margin: 0; padding-left: 5mm; }
li { margin-bottom: 1mm; }
.top { display: grid; grid-template-columns: 62mm 1fr; gap: 6mm; margin-top: 4mm; }
.top svg { display: block; width: 66mm; height: 66mm; margin: -2mm; }
@media screen and (max-width: 620px) { body { padding: 6mm; } .top { grid-template-columns: 1fr; } }
.keep { border: 0.5mm solid #000; padding: 2mm 3mm; margin: 3mm 0 0; }
dl { display: grid; grid-template-columns: 22mm 1fr; gap: 0.5mm 3mm; margin: 0 0 3mm; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
pre, code { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { font-size: 8pt; line-height: 1.35; white-space: pre-wrap; overflow-wrap: anywhere; margin: 1mm 0 2mm; }
code { font-size: 9pt; overflow-wrap: anywhere; }
#profile-link { font-size: 7pt; }
#secret { font-size: 16pt; line-height: 1.5; letter-spacing: 0.5mm; }
`;

/** Nothing may run and nothing be fetched; the only style is the one above, by its hash. */
const POLICY = `default-src 'none'; style-src 'sha256-${encodeBase64(sha256(utf8ToBytes(STYLE)))}'; base-uri 'none'; form-action 'none'`;

const LINK_BEGINS = '<pre id="profile-link">';

/** @param svg the QR code of the key's link. */
export function personPage(key: PersonKey, svg: string): string {
  const { wish, profile } = key;
  const host = escapeHtml(profile.host);
  const heading = wish.paper ? 'Recovery key' : `A key for ${escapeHtml(wish.user)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${heading}: ${host}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p>It opens port ${profile.port} of ${host} for ${setSpan(profile.openFor)} after each knock. It was made on ${key.made} with Sallyport.</p>
<div class="top">
${svg}
<div>
${facts(key)}
${wish.paper ? paperUse() : personUse()}
</div>
</div>
${wish.paper ? paperSections(key) : ''}
<section${wish.paper ? ' class="unprinted"' : ''}>
<h2>The profile as a link</h2>
${LINK_BEGINS}${escapeHtml(key.uri)}</pre>
</section>
</main>
</body>
</html>
`;
}

/** The link of such a page, or null when the text is none. */
export function linkOfPage(text: string): string | null {
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (!/^<!doctype html>/i.test(start)) return null;
  const at = start.indexOf(LINK_BEGINS);
  const end = start.indexOf('</pre>', at);
  return at < 0 || end < 0 ? null : unescapeHtml(start.slice(at + LINK_BEGINS.length, end)).trim();
}

function facts({ wish, profile }: PersonKey): string {
  const rows: [string, string][] = [
    ['Server', profile.host],
    ['Port', String(profile.port)],
    ['Door', wish.door],
    ['Key of', wish.user],
    ...(profile.user === null ? [] : [['Login', profile.user] satisfies [string, string]]),
  ];
  return `<dl>${rows.map(([what, value]) => `<dt>${what}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

function personUse(): string {
  return `<ol>
<li>In Sallyport, open <b>Import</b> and choose this file, or paste what a scanner reads from the code. On the command
line: <code>sallyport import FILE</code></li>
<li>Look at the host, correct the login if it is not yours, and save.</li>
<li>Delete this file, also where it was received.</li>
</ol>
<p class="keep"><b>This page holds the key itself.</b> Whoever sees it can open the door. It is for one person: whoever
runs the server can take it back without changing anybody else’s.</p>`;
}

function paperUse(): string {
  return `<p>For the day when every device with a key is gone. Scan the code into Sallyport’s <b>Import</b>, or type the
secret below.</p>
<p class="keep"><b>Print this page, keep it in a safe, and delete the file.</b> Whoever reads it can open the door. It does
not replace the login behind it: keep a way to log in with it.</p>`;
}
