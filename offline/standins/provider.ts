import { createHash } from 'node:crypto';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as rpc from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { cancellation } from './cancel';
import { PartialFailure, partialFailure } from './partial';
import type { Provider, Resource, State } from './resource';
import { serve, unary } from './rpc';
import { changes, check, type Failure, forcesReplacement, type Schema } from './schema';
import { decode, encode, UNKNOWN, type Value, type Values } from './values';

/** Key for the list of inputs that the provider filled in, as in released providers. */
const defaultsKey = '__defaults';

/** Serves `provider` until the engine stops it. */
export function serveProvider(provider: Provider): void {
  const resource = (urn: string): Resource => {
    const type = typeOf(urn);
    const found = provider.resources[type];
    if (found === undefined) throw new Error(notSupported(provider, type, provider.resources));
    return found;
  };
  serve(ResourceProviderService, {
    handshake: unary(() => new rpc.ProviderHandshakeResponse().setAcceptSecrets(true)),
    checkConfig: unary((request: rpc.CheckRequest) => checked(provider.config, request.getNews())),
    diffConfig: unary(() =>
      new rpc.DiffResponse().setChanges(rpc.DiffResponse.DiffChanges.DIFF_NONE),
    ),
    configure: unary((request: rpc.ConfigureRequest) => {
      provider.configure(decode(request.getArgs()).values);
      return new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: unary((request: rpc.CheckRequest) => checkResource(resource(request.getUrn()), request)),
    diff: unary((request: rpc.DiffRequest) => diffResource(resource(request.getUrn()), request)),
    create: unary((request: rpc.CreateRequest) => create(resource(request.getUrn()), request)),
    read: unary((request: rpc.ReadRequest) => read(resource(request.getUrn()), request)),
    update: unary((request: rpc.UpdateRequest) => update(resource(request.getUrn()), request)),
    delete: unary(async (request: rpc.DeleteRequest) => {
      const [inputs, outputs] = [decode(request.getOldInputs()), decode(request.getProperties())];
      await resource(request.getUrn()).delete(request.getId(), inputs.values, outputs.values);
      return new Empty();
    }),
    invoke: unary((request: rpc.InvokeRequest) => invoke(provider, request)),
    getPluginInfo: unary(() => new PluginInfo().setVersion(provider.version)),
    getSchema: unary(() => {
      throw new Error(`the stand-in for pulumi-resource-${provider.name} has no schema`);
    }),
    cancel: unary(() => {
      cancellation.abort();
      return new Empty();
    }),
    attach: unary(() => new Empty()),
  });
}

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>` */
const typeOf = (urn: string): string => urn.split('::')[2]?.split('$').pop() ?? '';

const notSupported = (provider: Provider, token: string, known: object): string =>
  `${token} is not supported by the stand-in for pulumi-resource-${provider.name} ${provider.version}, which knows ` +
  `${Object.keys(known).sort().join(', ')}; with the released provider it would work`;

function checked(schema: Schema, news: Struct | undefined): rpc.CheckResponse {
  return new rpc.CheckResponse()
    .setInputs(news)
    .setFailuresList(toFailures(check(schema, decode(news).values)));
}

const toFailures = (failures: readonly Failure[]): rpc.CheckFailure[] =>
  failures.map(({ property, reason }) =>
    new rpc.CheckFailure().setProperty(property).setReason(reason),
  );

/**
 * Checks the inputs. Generates a missing name, which stays the same for the lifetime of the
 * resource.
 */
function checkResource(resource: Resource, request: rpc.CheckRequest): rpc.CheckResponse {
  const { values, secrets } = decode(request.getNews());
  const inputs = resource.autoname === undefined ? values : withName(values, request);
  return new rpc.CheckResponse()
    .setInputs(encode(inputs, secrets))
    .setFailuresList(toFailures(check(resource.inputs, inputs)));
}

function withName(news: Values, request: rpc.CheckRequest): Values {
  if (news.name !== undefined && news.name !== null) return news;
  const olds = decode(request.getOlds()).values;
  const kept = isAutonamed(olds) ? olds.name : undefined;
  const prefix = request.getUrn().split('::').slice(3).join('::');
  return {
    ...news,
    name: kept ?? `${prefix}-${suffix(request.getRandomseed_asU8())}`,
    [defaultsKey]: ['name'],
  };
}

const isAutonamed = (inputs: Values): boolean =>
  Array.isArray(inputs[defaultsKey]) && inputs[defaultsKey].includes('name');

/**
 * Seven characters from the engine's seed, so that a preview and the following update generate the
 * same name.
 */
const suffix = (seed: Uint8Array): string =>
  createHash('sha256').update(seed).digest('hex').slice(0, 7);

function diffResource(resource: Resource, request: rpc.DiffRequest): rpc.DiffResponse {
  const inputs = decode(request.getOldInputs()).values;
  const outputs = decode(request.getOlds()).values;
  const news = decode(request.getNews()).values;
  const ignored = new Set(request.getIgnorechangesList());
  const diff = diffOf(resource, { inputs, outputs }, news);
  const changed = diff.changed.filter((key) => !ignored.has(key));
  const replaces = diff.replaces.filter((key) => !ignored.has(key));
  const { DIFF_SOME, DIFF_NONE } = rpc.DiffResponse.DiffChanges;
  return new rpc.DiffResponse()
    .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(changed)
    .setReplacesList(replaces)
    .setDeletebeforereplace(replaces.length > 0 && diff.deleteBeforeReplace);
}

/** Which inputs changed, and the effect on the resource. */
export function diffOf(
  resource: Resource,
  old: { readonly inputs: Values; readonly outputs: Values },
  news: Values,
): { changed: string[]; replaces: string[]; deleteBeforeReplace: boolean } {
  const observed = Object.entries(old.outputs).filter(([key]) => resource.inputs[key]?.observed);
  const olds = { ...old.inputs, ...Object.fromEntries(observed) };
  const changed = changes(resource.inputs, olds, news);
  const replaces = changed.filter((key) => {
    const property = resource.inputs[key];
    return property !== undefined && forcesReplacement(property, olds[key], news[key]);
  });
  // Creation was interrupted. The remaining steps may not have run, so the resource is replaced.
  const unfinished = (resource.finished ?? []).filter((key) => old.outputs[key] === undefined);
  // Two resources of one name cannot exist at the same time. A generated name changes with a
  // replacement. A given name may not.
  const named = resource.autoname !== undefined && !isAutonamed(news);
  return {
    changed: [...new Set([...changed, ...unfinished])],
    replaces: [...new Set([...replaces, ...unfinished])],
    deleteBeforeReplace: resource.deleteBeforeReplace === true || named,
  };
}

const isSet = (value: Value | undefined): boolean => value !== undefined && value !== null;

/** What is known before the resource exists: its inputs. All other outputs are unknown. */
export function preview(resource: Resource, inputs: Values): Values {
  const unknowns = resource.computed.filter((key) => !isSet(inputs[key]));
  return {
    ...complete(resource, inputs),
    ...Object.fromEntries(unknowns.map((key) => [key, UNKNOWN])),
  };
}

/** The inputs as outputs: without internal keys, and with defaults for omitted inputs. */
function complete(resource: Resource, inputs: Values): Values {
  const shown = Object.entries(inputs).filter(([key]) => !key.startsWith('__'));
  const defaults = Object.entries(resource.inputs).flatMap(([key, property]) =>
    property.default === undefined ? [] : [[key, property.default] as const],
  );
  return Object.fromEntries([...defaults, ...shown.filter(([, value]) => isSet(value))]);
}

async function create(resource: Resource, request: rpc.CreateRequest): Promise<rpc.CreateResponse> {
  const { values, secrets } = decode(request.getProperties());
  if (request.getPreview()) {
    return new rpc.CreateResponse().setProperties(encode(preview(resource, values), secrets));
  }
  try {
    const state = await resource.create(values);
    return new rpc.CreateResponse()
      .setId(state.id)
      .setProperties(
        encode({ ...complete(resource, values), ...state.outputs }, all(secrets, state)),
      );
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    throw partialFailure(
      error,
      encode(complete(resource, values), secrets),
      request.getProperties(),
    );
  }
}

const all = (secrets: ReadonlySet<string>, state: Pick<State, 'secrets'>): Set<string> =>
  new Set([...secrets, ...(state.secrets ?? [])]);

async function read(resource: Resource, request: rpc.ReadRequest): Promise<rpc.ReadResponse> {
  const inputs = decode(request.getInputs());
  const outputs = decode(request.getProperties());
  const found = await resource.read(request.getId(), inputs.values, outputs.values);
  if (found === undefined) return new rpc.ReadResponse();
  return new rpc.ReadResponse()
    .setId(found.id)
    .setInputs(encode(found.inputs, inputs.secrets))
    .setProperties(
      encode(
        { ...complete(resource, found.inputs), ...found.outputs },
        all(outputs.secrets, found),
      ),
    );
}

async function update(resource: Resource, request: rpc.UpdateRequest): Promise<rpc.UpdateResponse> {
  const olds = decode(request.getOldInputs()).values;
  const { values, secrets } = decode(request.getNews());
  const before = decode(request.getOlds());
  const computed = Object.fromEntries(
    resource.computed
      .filter((key) => before.values[key] !== undefined)
      .map((key) => [key, before.values[key] as Value]),
  );
  let outputs: Values = { ...computed, ...complete(resource, values) };
  if (!request.getPreview()) {
    if (resource.update === undefined) throw new Error('this resource cannot be updated in place');
    outputs = {
      ...complete(resource, values),
      ...(await resource.update(request.getId(), olds, values)),
    };
  }
  return new rpc.UpdateResponse().setProperties(
    encode(outputs, all(before.secrets, { secrets: [...secrets] })),
  );
}

async function invoke(provider: Provider, request: rpc.InvokeRequest): Promise<rpc.InvokeResponse> {
  const called = provider.functions[request.getTok()];
  if (called === undefined)
    throw new Error(notSupported(provider, request.getTok(), provider.functions));
  const args = decode(request.getArgs());
  const failures = check(called.inputs, args.values);
  if (failures.length > 0) return new rpc.InvokeResponse().setFailuresList(toFailures(failures));
  return new rpc.InvokeResponse().setReturn(encode(await called.invoke(args.values), args.secrets));
}
