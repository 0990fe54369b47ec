import { describe, expect, it } from '@jest/globals';
import { lostInstances } from '../../scripts/stack/lost-instances';

const place = { context: 'production' };
const prometheus = { instances: 2, serving: 1, lostNodes: ['node-b'] };

describe('make up while a node does not respond', () => {
  it('refuses to replace the remaining instances, and names node and way out', () => {
    const problem = lostInstances('prod', place, new Map([['prometheus', prometheus]]));
    expect(problem).toMatch(/do not respond: node-b\..*\n {2}prometheus +1 of 2 ready\n/);
    expect(problem).toContain(
      'kubectl --context production taint nodes node-b node.kubernetes.io/out-of-service=',
    );
    expect(problem).toContain('DEGRADED=1 make up STACK=prod');
  });

  it.each([
    ['all instances are ready', { ...prometheus, serving: 2 }],
    ['the node of the instance responds', { instances: 2, serving: 1 }],
    ['there is one instance, which no update can make worse', { ...prometheus, instances: 1 }],
    ['it is an agent, of which each node has one', { serving: 2, lostNodes: ['node-b'] }],
  ])('does not, if %s', (_, state) => {
    expect(lostInstances('prod', place, new Map([['prometheus', state]]))).toBeUndefined();
  });
});
