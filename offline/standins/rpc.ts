import * as grpc from '@grpc/grpc-js';

// The engine sends a whole state in one message, which may exceed gRPC's default of 4 MB.
const maxMessageBytes = 400 * 1024 * 1024;

export const grpcOptions = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
};

/**
 * Makes a unary handler of an async function. An exception becomes the error of the call, with its
 * message only.
 */
export function unary<Request, Response>(
  handle: (
    request: Request,
    call: grpc.ServerUnaryCall<Request, Response>,
  ) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request, call))
      .then(
        (response) => callback(null, response),
        (error: unknown) =>
          callback({
            code: grpc.status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
            metadata: (error as { metadata?: grpc.Metadata }).metadata,
          }),
      );
  };
}

/**
 * Serves a plugin as the engine expects: on a free loopback port, which is printed in the first
 * line.
 */
export function serve(
  service: grpc.ServiceDefinition,
  implementation: grpc.UntypedServiceImplementation,
): void {
  const server = new grpc.Server(grpcOptions);
  server.addService(service, implementation);
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      process.stderr.write(`cannot listen on the loopback: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  // The engine stops its plugins with this signal. They are in separate process groups, so an
  // interrupt from the terminal does not reach them.
  process.on('SIGINT', () => process.exit(0));
  dieWithParent();
}

/** A killed engine cannot stop its plugins. */
function dieWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(0), 2000).unref();
}
