/**
 * The page's policy with `connect-src` opened for its own origin, which the served preload needs to reach main. Nothing
 * else changes, and only the served mode does this.
 */
export function allowOwnConnections(policy: string): string {
  const directives = policy
    .split(';')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '');
  const index = directives.findIndex((directive) => /^connect-src(\s|$)/i.test(directive));
  if (index < 0) return [...directives, "connect-src 'self'"].join('; ');
  const [, ...sources] = (directives[index] ?? '').split(/\s+/);
  const kept = sources.filter(
    (source) => source.toLowerCase() !== "'none'" && source.toLowerCase() !== "'self'",
  );
  directives[index] = ['connect-src', "'self'", ...kept].join(' ');
  return directives.join('; ');
}

/** The document with one script before all of its own. */
export function withFirstScript(html: string, src: string): string {
  const script = `<script src="${src}"></script>`;
  const head = /<head(\s[^>]*)?>/i.exec(html);
  if (head !== null)
    return html.slice(0, head.index + head[0].length) + script + html.slice(head.index + head[0].length);
  const doctype = /^\s*<!doctype[^>]*>/i.exec(html)?.[0] ?? '';
  return doctype + script + html.slice(doctype.length);
}
