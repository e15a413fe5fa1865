import type { SubgraphCall } from '../../../../events';
import { formatBytes, formatMs, plural } from './quantities';

/** The requests behind an answer on one time axis, in the order they were started. */
export function Waterfall({ calls }: { readonly calls: readonly SubgraphCall[] }) {
  if (calls.length === 0) return <p>No subgraph was asked.</p>;
  const ordered = calls.toSorted((one, other) => one.startMs - other.startMs);
  const endMs = Math.max(...ordered.map((call) => call.startMs + call.durationMs));
  const services = new Set(ordered.map((call) => call.subgraph)).size;
  return (
    <>
      <p className="aside">
        {plural(ordered.length, 'request')} to {plural(services, 'service')} in {formatMs(endMs)}
      </p>
      <ol className="headgate-waterfall">
        {ordered.map((call, index) => (
          <Call key={index} call={call} endMs={endMs} />
        ))}
      </ol>
    </>
  );
}

function Call({ call, endMs }: { readonly call: SubgraphCall; readonly endMs: number }) {
  const share = (ms: number) => `${endMs === 0 ? 0 : (ms / endMs) * 100}%`;
  const failed = call.errorCode !== null;
  return (
    <li className={failed ? 'failed' : undefined}>
      <div className="headgate-waterfall-who">
        <strong>{call.subgraph}</strong>
        <span>{call.instance ?? 'no instance reached'}</span>
        <span>{formatMs(call.durationMs)}</span>
      </div>
      <div className="headgate-waterfall-track" aria-hidden="true">
        <div
          className="headgate-waterfall-bar"
          style={{ marginLeft: share(call.startMs), width: share(call.durationMs) }}
        />
      </div>
      <div className="headgate-waterfall-facts aside">
        <span className="headgate-waterfall-outcome">
          {failed ? `✕ ${call.errorCode}` : '✓'} {call.status === null ? '' : `HTTP ${call.status}`}
        </span>
        <span>{plural(call.attempts, 'attempt')}</span>
        <span>{formatBytes(call.requestBytes)} sent</span>
        <span>{formatBytes(call.responseBytes)} received</span>
        <span>started at {formatMs(call.startMs)}</span>
      </div>
    </li>
  );
}
