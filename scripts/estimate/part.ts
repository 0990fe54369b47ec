import type { DataKind } from '../../rules/data-sizes';
import { durationSeconds } from '../../components/units';

/** Use of one instance of a service. */
export interface Part {
  /** Its name in the catalogue. */
  readonly name: string;
  readonly instances: number;
  readonly cores: number;
  readonly memoryMiB: number;
  /** GB (10^9 bytes) on its volume. */
  readonly diskGB: number;
}

/** Data of one kind that a stack keeps. */
export interface Data {
  readonly name: string;
  /** The budget that it counts towards (components/settings/budgets.ts). */
  readonly budget: DataKind;
  /** Its retention. */
  readonly kept: string;
  /** `server`: a database server that is not part of the stack. */
  readonly where: 'volume' | 'bucket' | 'server';
  /** GB (10^9 bytes) of one copy. */
  readonly gigabytes: number;
  readonly copies: number;
  /** The data that already contains it. @default none */
  readonly partOf?: string;
}

export const gigabytes = (bytes: number): number => bytes / 1e9;

/** Days of a duration such as `15d` or `1y`. */
export const days = (duration: string): number => (durationSeconds(duration) ?? 0) / 86_400;
