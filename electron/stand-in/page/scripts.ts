import { createBridgePeer } from './bridge-peer';
import { installMainWorld } from './main-world';
import { connectServedPage, type ServedLine } from './served-world';
import { watchPage } from './watch-page';
import { installPreloadWorld, type PreloadConfig } from './preload-world';

/** The script for the page's own world. */
export function mainWorldScript(token: string): string {
  return `(${installMainWorld.toString()})(globalThis, ${createBridgePeer.toString()}, ${JSON.stringify(token)});`;
}

/**
 * The script for the preload's world.
 * @param transport an expression, in scope of `deliverTo`: an object with `post` and `receive`, see `PreloadScope`
 */
export function preloadWorldScript(source: string, transport: string, config: PreloadConfig): string {
  return [
    `(${installPreloadWorld.toString()})(`,
    `Object.assign({ document, CustomEvent, isSubframe: window.parent !== window }, ${transport}),`,
    `${createBridgePeer.toString()},`,
    `${JSON.stringify(config)},`,
    // The source comes last on a line of its own, so a trailing line comment cannot swallow the closing brace.
    `function (require, module, exports, process) {\n${source}\n});`,
  ].join('\n');
}

/** What a sandboxed preload may know about its surroundings. */
export function preloadConfig(token: string, subframes: boolean): PreloadConfig {
  const { platform, arch } = process;
  return { token, subframes, platform, arch, versions: { node: process.versions.node } };
}

/** Watches the main frame. `post` is an expression for a function that takes the report as a string. */
export function watchScript(post: string): string {
  return `if (window.parent === window) (${watchPage.toString()})(globalThis, (noticed) => ${post}(JSON.stringify(noticed)));`;
}

/**
 * Everything for a served page in one script: bridge, preload and watch share the page's world, each in its own closure.
 * @param preload the preload's source, or null
 */
export function servedScript(preload: string | null, line: ServedLine, config: PreloadConfig): string {
  return [
    '(() => {',
    `const line = (${connectServedPage.toString()})(globalThis, ${JSON.stringify(line)});`,
    `((open) => { ${mainWorldScript(config.token)} globalThis.open = open; })(globalThis.open);`,
    preload === null ? '' : preloadWorldScript(preload, 'line', config),
    watchScript('line.notice'),
    '})();',
  ].join('\n');
}
