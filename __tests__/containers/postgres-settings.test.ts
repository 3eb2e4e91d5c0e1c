import { describe, expect, test } from "vitest";
import { postgresMemory, postgresSettings, postgresWal } from "../../modules/containers/postgres-settings";

describe("memory settings in MiB", () => {
  test.each([
    // memory, connections, shared_buffers, effective_cache_size, work_mem, maintenance_work_mem, /dev/shm
    [256, 20, 64, 192, 3, 16, 64],
    [256, 100, 64, 192, 1, 16, 64],
    [512, 100, 128, 384, 1, 32, 128],
    [1024, 100, 256, 768, 2, 64, 256],
    [1024, 5000, 256, 768, 1, 64, 256],
    [4096, 100, 1024, 3072, 10, 256, 1024],
    [16384, 200, 4096, 12288, 20, 1024, 4096],
    [65536, 20, 16384, 49152, 64, 1024, 4096],
  ])("%i MiB with %i connections", (memoryMiB, maxConnections, shared, cache, work, maintenance, shm) => {
    expect(postgresMemory({ memoryMiB, maxConnections })).toEqual({
      sharedBuffers: shared,
      effectiveCacheSize: cache,
      workMem: work,
      maintenanceWorkMem: maintenance,
      sharedMemory: shm,
    });
  });

  test("buffers and the work memory of every connection fit into the container from 512 MiB on", () => {
    for (const memoryMiB of [512, 1024, 2048, 8192, 65536]) {
      const { sharedBuffers, workMem } = postgresMemory({ memoryMiB, maxConnections: 100 });
      expect(sharedBuffers + workMem * 100).toBeLessThan(memoryMiB);
    }
  });
});

test.each([
  [1, 102, 102],
  [8, 819, 819],
  [30, 3072, 3072],
  [100, 4096, 10240],
  [16384, 4096, 51200],
])("write-ahead log on a volume of %i GiB", (dataGiB, maxWalSize, maxSlotWalKeepSize) => {
  expect(postgresWal({ dataGiB })).toEqual({ maxWalSize, maxSlotWalKeepSize });
});

test("the server is ready for logical replication, and no slot can fill the volume", () => {
  expect(postgresSettings({ memoryMiB: 1024, maxConnections: 77, dataGiB: 30 })).toMatchObject({
    max_connections: "77",
    wal_level: "logical",
    max_wal_senders: "10",
    max_replication_slots: "10",
    max_slot_wal_keep_size: "3072MB",
    password_encryption: "scram-sha-256",
  });
});
