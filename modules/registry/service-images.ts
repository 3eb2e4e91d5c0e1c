import { Construct } from "constructs";
import { NOT_RELEASED, ReleasedImage } from "../data/released-image";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import type { ResolvedApp } from "../spec";
import { Repository } from "./repository";

export interface ServiceImagesProps {
  readonly names: PhysicalNames;
  readonly services: ResolvedApp["services"];
  readonly registry: ResolvedApp["registry"];
  /** Services that run nothing until somebody releases it, although their image is known by reference. @default - none */
  readonly heldBack?: readonly string[];
}

/**
 * For each service the parameter that says what it runs, and for each service that the app builds itself a repository.
 *
 * Cost: $0.10 per GB and month of stored images.
 */
export class ServiceImages extends Construct {
  /** Released-image parameter by service. */
  readonly parameters: Readonly<Record<string, ReleasedImage>>;
  /** Repository by service, for services with `image.build`. */
  readonly repositories: Readonly<Record<string, Repository>>;

  constructor(scope: Construct, id: string, props: ServiceImagesProps) {
    super(scope, id);
    const parameters: Record<string, ReleasedImage> = {};
    const repositories: Record<string, Repository> = {};
    for (const [service, { image }] of Object.entries(props.services)) {
      const isKnown = "reference" in image && !props.heldBack?.includes(service);
      const initial = isKnown ? image.reference : NOT_RELEASED;
      parameters[service] = new ReleasedImage(scope, logicalId("image", service), {
        names: props.names,
        service,
        initial,
      });
      if ("build" in image) {
        repositories[service] = new Repository(scope, logicalId("repository", service), {
          names: props.names,
          service,
          keep: props.registry.keep,
          scanOnPush: props.registry.scanOnPush,
        });
      }
    }
    this.parameters = parameters;
    this.repositories = repositories;
  }
}
