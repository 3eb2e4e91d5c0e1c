/** What a Fargate task gets: a pair that AWS offers. */
export interface FargateSize {
  /** Units of 1/1024 vCPU. */
  readonly cpu: number;
  readonly memoryMiB: number;
}

const GIB = 1024;

/** Memory in MiB, all values or from, to and step. Source: Amazon ECS developer guide, "Task size" of Fargate tasks. */
const MEMORY_BY_CPU: readonly (readonly [cpu: number, memory: readonly number[]])[] = [
  [256, [512, GIB, 2 * GIB]],
  [512, steps(1, 4, 1)],
  [1024, steps(2, 8, 1)],
  [2048, steps(4, 16, 1)],
  [4096, steps(8, 30, 1)],
  [8192, steps(16, 60, 4)],
  [16384, steps(32, 120, 8)],
];

function steps(fromGiB: number, toGiB: number, step: number): number[] {
  const count = (toGiB - fromGiB) / step + 1;
  return Array.from({ length: count }, (_, index) => (fromGiB + index * step) * GIB);
}

/** Every pair that Fargate has, by CPU and then by memory. */
export const FARGATE_SIZES: readonly FargateSize[] = MEMORY_BY_CPU.flatMap(([cpu, memory]) =>
  memory.map((memoryMiB) => ({ cpu, memoryMiB })),
);

/**
 * The smallest pair that holds what a service asks for. Memory comes cheap and CPU dear, so the first pair in the order of
 * {@link FARGATE_SIZES} that holds both is the cheapest too.
 *
 * @throws Error when even the largest pair is too small
 */
export function fargateSize(wanted: FargateSize): FargateSize {
  const found = FARGATE_SIZES.find(({ cpu, memoryMiB }) => cpu >= wanted.cpu && memoryMiB >= wanted.memoryMiB);
  const largest = FARGATE_SIZES.at(-1);
  if (found === undefined) {
    throw new Error(
      `no Fargate task holds ${wanted.cpu} CPU units and ${wanted.memoryMiB} MiB: the largest has ` +
        `${largest?.cpu} and ${largest?.memoryMiB}; ask for less, or for more tasks`,
    );
  }
  return found;
}
