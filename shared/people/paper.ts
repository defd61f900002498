/** What a recovery key on paper has besides its code: the secret to type, a check of what was typed, and how to knock. */
import { deriveSteps } from '../sequence/rks1';
import { decodeBase32 } from '../sequence/base32';
import { formatRange, RKS1_DEFAULTS, type Rks1Parameters } from '../sequence/parameters';
import { formatBareSteps } from '../sequence/step';
import { escapeHtml } from '../text/html';
import type { PersonKey } from './person-key';

export function paperSections(key: PersonKey): string {
  const { profile, parameters, secret } = key;
  const { period, steps, protocols, range } = parameters;
  return `<h2>The secret, to type by hand</h2>
<pre id="secret">${groups(secret)}</pre>
<p>Base32: only A–Z and 2–7, so there is no 0, 1, 8 or 9. Capitals and spaces do not matter.</p>
<p>Check: typed right, the moment 0 gives <code id="check">${check(key)}</code></p>
<pre id="check-command">${escapeHtml(`sallyport derive --secret-file - --time 0${flags(parameters)}`)}</pre>
<p>Every ${period} s another code of ${steps} steps (${protocols.join(', ')}; ports ${formatRange(range)}). Both clocks must be
right, to within ${period} s.</p>
<h2>With Sallyport, without a profile</h2>
<pre id="knock">${escapeHtml(`sallyport knock ${quoted(profile.host)} --port ${profile.port}${flags(parameters)} --rotating-secret-file -
# type the secret, Enter, Ctrl-D; then log in`)}</pre>
<h2>By hand, with sallyportd and nc${protocols.includes('icmp') ? ' and ping' : ''}</h2>
<pre id="by-hand">${escapeHtml(byHand(key))}</pre>`;
}

/** `ABCD EFGH …`, four groups a line. */
function groups(secret: string): string {
  const fours = secret.match(/.{1,4}/g) ?? [];
  const lines: string[] = [];
  for (let at = 0; at < fours.length; at += 4) lines.push(fours.slice(at, at + 4).join(' '));
  return lines.join('\n');
}

/** The sequence of 1970, which no server takes: it proves the secret and tells nothing of any other code. */
function check({ secret, parameters }: PersonKey): string {
  const bytes = decodeBase32(secret);
  if (typeof bytes === 'string') throw new Error(bytes);
  return formatBareSteps(deriveSteps(bytes, 0, 'open', parameters));
}

/** The parameters that are not the usual ones, as the commands take them. */
function flags({ period, steps, protocols, range }: Rks1Parameters): string {
  const usual = RKS1_DEFAULTS;
  return [
    period === usual.period ? '' : ` --period ${period}`,
    steps === usual.steps ? '' : ` --steps ${steps}`,
    protocols.join() === usual.protocols.join() ? '' : ` --protocols ${protocols.join()}`,
    formatRange(range) === formatRange(usual.range) ? '' : ` --range ${formatRange(range)}`,
  ].join('');
}

function byHand({ profile, parameters }: PersonKey): string {
  const { protocols } = parameters;
  const login = profile.user === null ? '' : `-l ${quoted(profile.user)} `;
  const port = profile.port === 22 ? '' : `-p ${profile.port} `;
  const lines: string[] = [];
  if (protocols.includes('icmp'))
    lines.push(`    icmp:*) ping -c 1 -W 1 -s "\${step#*:}" "$host" >/dev/null ;;`);
  if (protocols.includes('udp'))
    lines.push(`    *:udp) printf '\\000' | nc -u -w 1 "$host" "\${step%:*}" ;;`);
  if (protocols.includes('tcp')) lines.push(`    *) nc -z -w 1 "$host" "\${step%:*}" ;;`);
  return `host=${quoted(profile.host)}; echo 'type the secret, then Enter:'; read -r key
code=$(echo "$key" | sallyportd derive --secret-file - --time "$(date +%s)"${flags(parameters)})
for step in $(echo "$code" | tr , ' '); do
  case $step in
${lines.join('\n')}
  esac
done
ssh ${port}${login}"$host"`;
}

/** A host or a login as one word of a shell; neither can have a quote in it. */
function quoted(word: string): string {
  return /^[A-Za-z0-9._:@-]+$/.test(word) ? word : `'${word}'`;
}
