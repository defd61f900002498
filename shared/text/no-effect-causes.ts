/**
 * Why a knock may have changed nothing, the likeliest cause first, before anything was measured. What was seen decides
 * the order: an answer that no route exists rules out the secret, a refusal rules out a dropped packet.
 */
import type { Guess } from '../advice/finding';
import type { MethodView, PortState } from '../contract/views';
import type { Action } from '../sequence/rks1';
import type { Protocol } from '../sequence/step';

export interface NoEffectFacts {
  readonly method: MethodView['kind'];
  readonly action: Action;
  readonly before: PortState | null;
  readonly after: PortState | null;
  readonly port: number | null;
  /** Seconds; null for a static sequence. */
  readonly period: number | null;
  /** The protocols of the steps that were sent. */
  readonly protocols: readonly Protocol[];
  /** Whether the clock here can be compared with one that the person chose. */
  readonly clockChosen: boolean;
}

/** Never empty. */
export function noEffectCauses(facts: NoEffectFacts): readonly Guess[] {
  const { before, after, action } = facts;
  if (after === 'unreachable') return [...unreachable, elsewhere];
  if (action === 'close' && before !== null && before !== 'open')
    return [after === 'open' ? opensInstead : closedAlready];
  if (action === 'close') return [...wrongKnock(facts), alwaysAllowed, lost(facts), elsewhere, daemonDown];
  if (after === 'refused') return [refused(facts), ...wrongKnock(facts), elsewhere, daemonDown];
  return [...wrongKnock(facts), lost(facts), elsewhere, daemonDown, otherFirewall(facts)];
}

const unreachable: readonly Guess[] = [
  {
    kind: 'unreachable',
    text: 'A router on the way says that there is no path to the server: check the address, or the VPN it needs.',
  },
  { kind: 'unreachable', text: 'The server is off or has no network.' },
  {
    kind: 'other-firewall',
    text: 'A firewall on the server rejects the port (firewalld does so), and the knock did not open it.',
  },
];

const closedAlready: Guess = {
  kind: 'closed-already',
  text: 'The door was closed already: its grant has run out, or it was never opened from this address.',
};

const opensInstead: Guess = {
  kind: 'key',
  text: 'What was sent opens the door: give the sequence that closes it, or wait until it closes by itself.',
};

const elsewhere: Guess = {
  kind: 'elsewhere',
  text: 'The server saw another address than the one that connects: a VPN, or a network that sends UDP and TCP out by different ways.',
};

const daemonDown: Guess = {
  kind: 'daemon',
  text: 'The knock daemon on the server is not running, or listens on another interface.',
};

const alwaysAllowed: Guess = {
  kind: 'always-allowed',
  text: 'The server always allows this address, so its gate never closes for it.',
};

function wrongKnock({ method, period, clockChosen }: NoEffectFacts): readonly Guess[] {
  if (method === 'static') {
    return [
      { kind: 'key', text: 'The sequence or a protocol in it is not the one that the server waits for.' },
    ];
  }
  if (method === 'one-time') {
    return [
      {
        kind: 'settings',
        text: 'The list here is not in step with the server’s file, because another client used lines of it: copy that file again. Used lines begin with # there.',
      },
      { kind: 'key', text: 'The sequence or a protocol in it is not the one that the server waits for.' },
    ];
  }
  const compare = clockChosen ? '' : ' Settings can name a server to compare this clock with.';
  if (method === 'spa') {
    return [
      {
        kind: 'clock',
        text: `The clock here and the server’s are more than two minutes apart, so the packet was too old.${compare}`,
      },
      { kind: 'key', text: 'The key, the HMAC key or its digest differ from those on the server.' },
      {
        kind: 'settings',
        text: 'The server’s stanza does not allow this port, or wants the address inside the packet.',
      },
    ];
  }
  const off = period === null ? 'one period' : `${period} s`;
  return [
    {
      kind: 'clock',
      text: `The clock here and the server’s are more than ${off} apart, so the code had expired.${compare}`,
    },
    { kind: 'key', text: 'The secret, period, steps or range differ from those on the server.' },
  ];
}

function lost({ protocols }: NoEffectFacts): Guess {
  const text = protocols.includes('icmp')
    ? 'A step was lost on the way: many networks drop ICMP, and some block odd ports outbound.'
    : 'A step was lost or overtaken on the way, or this network blocks odd ports outbound: try a longer gap.';
  return { kind: 'lost', text };
}

function refused({ port }: NoEffectFacts): Guess {
  return {
    kind: 'nothing-listening',
    text: `The server refuses instead of staying silent: nothing may be listening on ${port === null ? 'the port' : `port ${port}`}, or its firewall rejects.`,
  };
}

function otherFirewall({ port }: NoEffectFacts): Guess {
  return {
    kind: 'other-firewall',
    text: `Another firewall (ufw, firewalld, the cloud’s own) blocks ${port === null ? 'the port' : `port ${port}`} too.`,
  };
}
