import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 2, // The end-to-end tests wait more than they compute.
    hookTimeout: 60_000,
    testTimeout: 20_000,
  },
});
