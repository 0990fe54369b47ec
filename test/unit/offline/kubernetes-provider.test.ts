import { expect, test } from '@jest/globals';
import { planProvider } from '../../../offline/kubernetes-provider';

test('the Kubernetes provider is the installed one, or the released one, or is built', () => {
  expect(planProvider('auto', { installed: true, downloads: true })).toBe('installed');
  expect(planProvider('auto', { installed: false, downloads: true })).toBe('released');
  expect(planProvider('auto', { installed: false, downloads: false })).toBe('build');
  expect(planProvider('stock', { installed: true, downloads: false })).toBe('installed');
});

test('offline always builds it', () => {
  expect(planProvider('offline', { installed: true, downloads: true })).toBe('build');
});

test('stock never builds it, and says how to install it', () => {
  expect(() => planProvider('stock', { installed: false, downloads: false })).toThrow(
    /not installed and cannot be downloaded.*pulumi plugin install/,
  );
});
