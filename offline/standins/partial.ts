import { Metadata } from '@grpc/grpc-js';
import { ErrorResourceInitFailed } from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import type { Struct } from 'google-protobuf/google/protobuf/struct_pb';

/**
 * The resource exists but is not complete. The engine must keep it in the state, or it would be
 * lost.
 */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    message: string,
  ) {
    super(message);
  }
}

/** The same error with details for the engine, in the trailer that gRPC uses for error details. */
export function partialFailure(
  failure: PartialFailure,
  properties: Struct,
  inputs: Struct | undefined,
): Error & { metadata: Metadata } {
  const detail = new ErrorResourceInitFailed()
    .setId(failure.id)
    .setProperties(properties)
    .setInputs(inputs)
    .setReasonsList([failure.message]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const status = new Status();
  status.setCode(2);
  status.setMessage(failure.message);
  status.addDetails(packed);
  const metadata = new Metadata();
  metadata.add('grpc-status-details-bin', Buffer.from(status.serializeBinary()));
  return Object.assign(new Error(failure.message), { metadata });
}
