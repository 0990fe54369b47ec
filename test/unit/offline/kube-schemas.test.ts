import { expect, test } from '@jest/globals';
import { type OpenApi, schemas } from '../../../offline/kube-schemas';

const ref = (name: string): object => ({ $ref: `#/definitions/${name}` });
const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const text = { type: 'string', description: 'left out' };

/** One kind, with a recursive type, a type of arbitrary JSON, and an unused type. */
const api: OpenApi = {
  definitions: {
    Widget: {
      type: 'object',
      required: ['spec'],
      properties: { apiVersion: text, kind: text, metadata: ref('Json'), spec: ref('Spec') },
      'x-kubernetes-group-version-kind': [{ group: 'shop.k8s.io', version: 'v1', kind: 'Widget' }],
    },
    Spec: {
      type: 'object',
      properties: {
        port: ref(intOrString),
        inner: ref('Spec'),
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    Json: { description: 'anything' },
    [intOrString]: { type: 'string', format: 'int-or-string' },
    Unused: { type: 'object', properties: {} },
    DeleteOptions: {
      properties: { apiVersion: text, kind: text },
      'x-kubernetes-group-version-kind': [
        { group: 'a', version: 'v1', kind: 'DeleteOptions' },
        { group: 'b', version: 'v1', kind: 'DeleteOptions' },
      ],
    },
  },
};

test('a kind becomes one closed, standalone schema with the file name for kubeconform', () => {
  const files = schemas(api);
  expect([...files.keys()]).toEqual(['widget-shop-v1.json']);
  expect(files.get('widget-shop-v1.json')).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['spec', 'apiVersion', 'kind'],
    additionalProperties: false,
    properties: {
      apiVersion: { enum: ['shop.k8s.io/v1'] },
      kind: { enum: ['Widget'] },
      metadata: { $ref: '#/definitions/Json' },
      spec: { $ref: '#/definitions/Spec' },
    },
    definitions: {
      Spec: {
        type: 'object',
        additionalProperties: false,
        properties: {
          port: { $ref: `#/definitions/${intOrString}` },
          inner: { $ref: '#/definitions/Spec' },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
      Json: {},
      [intOrString]: { type: ['string', 'integer'] },
    },
  });
});

test('a description with a dangling reference is an error', () => {
  const { Json: _, ...definitions } = api.definitions;
  expect(() => schemas({ definitions })).toThrow('lacks Json');
});
