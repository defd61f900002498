import { useEffect, useReducer } from 'react';
import { useApp } from './app';

const TICK_MS = 250;

/** The time in milliseconds since the epoch; while `running`, four times a second a new one. */
export function useNow(running = true): number {
  const { now } = useApp();
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [running]);
  return now();
}
