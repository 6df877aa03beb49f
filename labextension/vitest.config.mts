import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A test that takes so long hangs: on a loaded machine some need more than the 5 s that vitest would give them.
  test: { include: ['test/**/*.test.{ts,tsx}'], testTimeout: 120_000 }
});
