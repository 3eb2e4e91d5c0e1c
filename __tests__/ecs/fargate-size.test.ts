import { describe, expect, test } from "vitest";
import { FARGATE_SIZES, fargateSize } from "../../modules/ecs/fargate-size";
import { CTX, KNOWN } from "../simulator/facts/account";

/** What ECS says to a task of this size. */
function refused(cpu: number, memoryMiB: number): boolean {
  const config = { requires_compatibilities: ["FARGATE"], cpu: String(cpu), memory: String(memoryMiB) };
  return (KNOWN.hooks("aws_ecs_task_definition").validate?.(config, CTX) ?? []).length > 0;
}

describe("the sizes of Fargate tasks", () => {
  test("are as many as AWS lists, in order, and ECS takes every one", () => {
    const counts = FARGATE_SIZES.reduce<Record<number, number>>(
      (all, { cpu }) => ({ ...all, [cpu]: (all[cpu] ?? 0) + 1 }),
      {},
    );
    expect(counts).toEqual({ 256: 3, 512: 4, 1024: 7, 2048: 13, 4096: 23, 8192: 12, 16384: 12 });
    expect(FARGATE_SIZES.filter(({ cpu, memoryMiB }) => refused(cpu, memoryMiB))).toEqual([]);
    expect(FARGATE_SIZES).toEqual([...FARGATE_SIZES].sort((a, b) => a.cpu - b.cpu || a.memoryMiB - b.memoryMiB));
  });

  test("are all that ECS takes: a step of 512 MiB between them is refused", () => {
    const valid = new Set(FARGATE_SIZES.map(({ cpu, memoryMiB }) => `${cpu}/${memoryMiB}`));
    const cpus = [...new Set(FARGATE_SIZES.map(({ cpu }) => cpu))];
    const missing = cpus.flatMap((cpu) =>
      Array.from({ length: 248 }, (_, index) => (index + 1) * 512)
        .filter((memory) => !valid.has(`${cpu}/${memory}`) && !refused(cpu, memory))
        .map((memory) => `${cpu}/${memory}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("the smallest size that holds what a service asks for", () => {
  test.each([
    ["the very smallest", [64, 32], [256, 512]],
    ["exactly one", [256, 512], [256, 512]],
    ["a little more memory", [256, 513], [256, 1024]],
    ["no pair of 1.5 GB at a quarter of a vCPU", [256, 1536], [256, 2048]],
    ["memory that takes more CPU", [256, 2049], [512, 3072]],
    ["CPU that takes more memory", [1024, 512], [1024, 2048]],
    ["a little more CPU", [513, 512], [1024, 2048]],
    ["steps of 4 GB", [8192, 17000], [8192, 20480]],
    ["steps of 8 GB", [256, 62000], [16384, 65536]],
    ["the largest", [16384, 122880], [16384, 122880]],
  ])("%s", (_what, [cpu = 0, memoryMiB = 0], [gotCpu, gotMemory]) => {
    expect(fargateSize({ cpu, memoryMiB })).toEqual({ cpu: gotCpu, memoryMiB: gotMemory });
  });

  test("never holds less, for any of 1000 wishes, and no smaller pair would do", () => {
    for (let n = 0; n < 1000; n++) {
      const wanted = { cpu: 64 + ((n * 7919) % 16321), memoryMiB: 32 + ((n * 104729) % 122849) };
      const got = fargateSize(wanted);
      expect(got.cpu >= wanted.cpu && got.memoryMiB >= wanted.memoryMiB).toBe(true);
      const smaller = FARGATE_SIZES.filter(
        ({ cpu, memoryMiB }) =>
          cpu >= wanted.cpu && memoryMiB >= wanted.memoryMiB && price({ cpu, memoryMiB }) < price(got),
      );
      expect(smaller).toEqual([]);
    }
  });

  test.each([
    [16385, 1024],
    [256, 122881],
  ])("%i units and %i MiB: none, in one line that says what to do", (cpu, memoryMiB) => {
    expect(() => fargateSize({ cpu, memoryMiB })).toThrow(
      `no Fargate task holds ${cpu} CPU units and ${memoryMiB} MiB: the largest has 16384 and 122880; ask for less, or for more tasks`,
    );
  });
});

/** Dollars an hour in us-east-1. */
const price = ({ cpu, memoryMiB }: { cpu: number; memoryMiB: number }): number =>
  (cpu / 1024) * 0.04048 + (memoryMiB / 1024) * 0.004445;
