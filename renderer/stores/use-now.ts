import { useEffect, useState } from 'react';
import { useApp } from './app';

const TICK_MS = 250;

/** The time in milliseconds since the epoch, four times a second while `running`. */
export function useNow(running = true): number {
  const { now } = useApp();
  const [time, setTime] = useState(now);
  useEffect(() => {
    if (!running) return undefined;
    setTime(now());
    const timer = setInterval(() => setTime(now()), TICK_MS);
    return () => clearInterval(timer);
  }, [now, running]);
  return time;
}
