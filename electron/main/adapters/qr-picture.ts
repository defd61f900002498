/**
 * The text of the QR code in a picture: a screenshot, or what another program has drawn. It is looked for in a thread of
 * its own that is ended after a while: a picture made for it, full of corners of codes, would take hours.
 */
import { Worker } from 'node:worker_threads';
import jsqr from 'jsqr/dist/jsQR.js?raw';
import { ProblemError } from '../../../shared/contract/result';
import { readPng, type Pixels } from './png';

/** The screenshot of a large screen takes two. */
const PATIENCE_MS = 10_000;
const MOST_MEGABYTES = 512;

/** Answers the text, empty where there is no code. */
const SCANNER = `
const { parentPort, workerData } = require('node:worker_threads');
const scan = (function (module, exports) { ${jsqr}
return module.exports; })({ exports: {} }, {});
const { rgba, width, height } = workerData;
parentPort.postMessage(scan(rgba, width, height)?.data ?? '');
`;

let turn: Promise<unknown> = Promise.resolve();

/**
 * One picture at a time: each may take hundreds of megabytes.
 *
 * @param png whatever {@link isPng} takes for one. @param name what a person knows the picture by.
 * @param patienceMs how long the code is looked for.
 */
export function readQrPicture(
  png: Uint8Array,
  name: string,
  patienceMs: number = PATIENCE_MS,
): Promise<string> {
  const read = turn.then(() => readOne(png, name, patienceMs));
  turn = read.catch(() => undefined);
  return read;
}

async function readOne(png: Uint8Array, name: string, patienceMs: number): Promise<string> {
  const pixels = await readPng(png);
  if (typeof pixels === 'string')
    throw badInput(
      `${name} cannot be read: ${pixels}.`,
      'Save the picture as a plain PNG, or paste the link.',
    );
  const text = await scanned(pixels, patienceMs);
  if (text === '')
    throw badInput(`No QR code was found in ${name}.`, 'Cut the picture so that the code fills most of it.');
  return text;
}

/** Empty where there is no code, and where it takes too long or too much to find one. */
function scanned({ rgba, width, height }: Pixels, patienceMs: number): Promise<string> {
  const worker = new Worker(SCANNER, {
    eval: true,
    env: {},
    workerData: { rgba, width, height },
    transferList: [rgba.buffer],
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
  });
  return new Promise((resolve) => {
    const done = (text: string): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(text);
    };
    const timer = setTimeout(() => done(''), patienceMs);
    worker.once('message', (text: unknown) => done(typeof text === 'string' ? text : ''));
    worker.once('error', () => done(''));
    worker.once('exit', () => done(''));
  });
}

function badInput(message: string, hint: string): ProblemError {
  return new ProblemError({ code: 'bad-input', message, hint });
}
