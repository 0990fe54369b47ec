import {
  type Baggage,
  type BaggageEntry,
  type Context,
  context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { type BaggageKey, baggageKeys } from '../../../telemetry';

/** Trace context of a request, a message or a job: `traceparent`, `tracestate`, `baggage`. */
export type Carrier = Record<string, string>;

const traceContext = new W3CTraceContextPropagator();

/**
 * W3C baggage, limited to the keys of the contract in both directions. Other entries from clients
 * or libraries are not propagated.
 */
class ContractBaggage implements TextMapPropagator {
  private readonly w3c = new W3CBaggagePropagator();

  inject(from: Context, carrier: unknown, setter: TextMapSetter): void {
    this.w3c.inject(keepContract(from), carrier, setter);
  }

  extract(into: Context, carrier: unknown, getter: TextMapGetter): Context {
    return keepContract(this.w3c.extract(into, carrier, getter));
  }

  fields(): string[] {
    return this.w3c.fields();
  }
}

/**
 * W3C trace context and baggage. See https://www.w3.org/TR/trace-context/ and
 * https://www.w3.org/TR/baggage/
 */
export const propagator = (): TextMapPropagator =>
  new CompositePropagator({ propagators: [traceContext, new ContractBaggage()] });

function keepContract(from: Context): Context {
  const baggage = propagation.getBaggage(from);
  if (baggage === undefined) return from;
  const kept = baggageKeys.flatMap((key): [BaggageKey, BaggageEntry][] => {
    const value = baggage.getEntry(key)?.value;
    return value !== undefined && /^[\w-]{1,64}$/.test(value) ? [[key, { value }]] : [];
  });
  if (kept.length === 0) return propagation.deleteBaggage(from);
  return propagation.setBaggage(from, propagation.createBaggage(Object.fromEntries(kept)));
}

/**
 * Headers of the active trace with its baggage, for AudiFi's own services: messages over Redis and
 * jobs.
 */
export function traceHeaders(): Carrier {
  const carrier: Carrier = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Headers of the active trace without baggage, for external services. */
export function outsideHeaders(): Carrier {
  const carrier: Carrier = {};
  traceContext.inject(context.active(), carrier, {
    set: (into: Carrier, key, value) => (into[key] = value),
  });
  return carrier;
}

/** The context from the sender's headers, or the active one. */
export const contextOf = (carrier: Readonly<Record<string, unknown>>): Context =>
  propagation.extract(context.active(), carrier);

/** A context with the request ID as baggage, so that jobs and messages of the request have it. */
export function carryRequestId(requestId: string, parent: Context = context.active()): Context {
  const baggage: Baggage = propagation.createBaggage({ requestId: { value: requestId } });
  return propagation.setBaggage(parent, baggage);
}

/** Request ID of the active context. */
export const carriedRequestId = (from: Context = context.active()): string | undefined =>
  propagation.getBaggage(from)?.getEntry('requestId')?.value;
