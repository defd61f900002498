/** `node dist/stand-in.cjs [--headless | --serve] [appRoot] [-- app arguments]` */
export interface CommandLine {
  readonly mode: 'window' | 'headless' | 'serve';
  /** Null: the folder above the bundle. */
  readonly appRoot: string | null;
  readonly appArguments: readonly string[];
}

const USAGE = 'usage: stand-in.cjs [--headless | --serve] [appRoot] [-- app arguments]';

/** Reads the arguments after the script's name. Without a mode it is a window where there is a display, else `serve`. */
export function parseCommandLine(args: readonly string[], hasDisplay: boolean): CommandLine {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const appArguments = end < 0 ? [] : args.slice(end + 1);
  const flags = own.filter((arg) => arg.startsWith('-'));
  const roots = own.filter((arg) => !arg.startsWith('-'));
  const unknown = flags.find((flag) => flag !== '--headless' && flag !== '--serve');
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}\n${USAGE}`);
  if (flags.length > 1) throw new Error(`--headless and --serve exclude each other\n${USAGE}`);
  if (roots.length > 1) throw new Error(`one appRoot, not ${roots.length}\n${USAGE}`);
  const fallback = hasDisplay ? 'window' : 'serve';
  const mode = flags.includes('--headless') ? 'headless' : flags.includes('--serve') ? 'serve' : fallback;
  return { mode, appRoot: roots[0] ?? null, appArguments };
}
