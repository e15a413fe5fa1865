import type { SubgraphCall } from '../../../../events';
import type { Phases } from './details';
import { formatBytes, formatMs, plural } from './quantities';

interface WaterfallProps {
  readonly calls: readonly SubgraphCall[];
  readonly phases: Phases | null;
}

/** The requests behind an answer on one time axis, in the order they were started, between planning and completing it. */
export function Waterfall({ calls, phases }: WaterfallProps) {
  const ordered = calls.toSorted((one, other) => one.startMs - other.startMs);
  const lastMs = Math.max(0, ...ordered.map((call) => call.startMs + call.durationMs));
  const endMs = Math.max(lastMs, phases?.doneMs ?? 0);
  const services = new Set(ordered.map((call) => call.subgraph)).size;
  const planning = phases?.planning;
  return (
    <>
      <p className="aside">
        {calls.length === 0
          ? 'No subgraph was asked.'
          : `${plural(ordered.length, 'request')} to ${plural(services, 'service')} in ${formatMs(lastMs)}`}
      </p>
      <ol className="headgate-waterfall">
        {planning && <Phase name="Reading and validating" startMs={0} durationMs={planning.startMs} endMs={endMs} />}
        {planning && <Phase name="Planning" {...planning} endMs={endMs} />}
        {planning && ordered[0] && (
          <Phase name="Preparing the requests" {...between(planning, ordered[0])} endMs={endMs} />
        )}
        {ordered.map((call, index) => (
          <Call key={index} call={call} endMs={endMs} />
        ))}
        {phases && calls.length > 0 && (
          <Phase
            name="Merging the answers"
            startMs={lastMs}
            durationMs={Math.max(0, phases.doneMs - lastMs)}
            endMs={endMs}
          />
        )}
      </ol>
    </>
  );
}

interface Span {
  readonly startMs: number;
  readonly durationMs: number;
}

/** What is between the end of one span and the beginning of another. */
function between(one: Span, other: Span): Span {
  const startMs = one.startMs + one.durationMs;
  return { startMs, durationMs: Math.max(0, other.startMs - startMs) };
}

interface PhaseProps {
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly endMs: number;
}

function Phase({ name, startMs, durationMs, endMs }: PhaseProps) {
  return (
    <li className="headgate-waterfall-phase">
      <div className="headgate-waterfall-who">
        <span>{name}</span>
        <span>{formatMs(durationMs)}</span>
      </div>
      <Track startMs={startMs} durationMs={durationMs} endMs={endMs} />
    </li>
  );
}

function Track({ startMs, durationMs, endMs }: Omit<PhaseProps, 'name'>) {
  const share = (ms: number) => `${endMs === 0 ? 0 : (ms / endMs) * 100}%`;
  return (
    <div className="headgate-waterfall-track" aria-hidden="true">
      <div className="headgate-waterfall-bar" style={{ marginLeft: share(startMs), width: share(durationMs) }} />
    </div>
  );
}

function Call({ call, endMs }: { readonly call: SubgraphCall; readonly endMs: number }) {
  const failed = call.errorCode !== null;
  return (
    <li className={failed ? 'failed' : undefined}>
      <div className="headgate-waterfall-who">
        <strong>{call.subgraph}</strong>
        <span>{call.instance ?? 'no instance reached'}</span>
        <span>{formatMs(call.durationMs)}</span>
      </div>
      <Track startMs={call.startMs} durationMs={call.durationMs} endMs={endMs} />
      <div className="headgate-waterfall-facts aside">
        <span className="headgate-waterfall-outcome">
          {failed ? `✕ ${call.errorCode}` : '✓'} {call.status === null ? '' : `HTTP ${call.status}`}
        </span>
        {call.error && <span>{call.error}</span>}
        <span>{plural(call.attempts, 'attempt')}</span>
        <span>{formatBytes(call.requestBytes)} sent</span>
        <span>{formatBytes(call.responseBytes)} received</span>
        <span>started at {formatMs(call.startMs)}</span>
      </div>
    </li>
  );
}
