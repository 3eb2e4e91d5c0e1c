/** The repositories of a stack in Amazon ECR. */
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  type ImageDetail,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import { asking, quietSdk } from "../lib/aws";
import { UserError } from "../lib/errors";

export interface Repository {
  /** As docker push takes it, without a tag. */
  readonly url: string;
  /** Host name of the registry. */
  readonly registry: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** An image in a repository. */
export interface StoredImage {
  /** Of the manifest: "sha256:…". */
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string | undefined;
}

/** Manifests that are taken as they are; ECR would otherwise answer with an older kind. */
const MEDIA_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

const GONE = { RepositoryNotFoundException: "the repository is gone; apply the stack to make it anew" };

/**
 * Takes the address of a repository apart.
 *
 * @throws UserError when it is none of ECR
 */
export function parseRepository(url: string): Repository {
  const [, registry = "", account = "", region = "", name = ""] =
    /^((\d{12})\.dkr[.-]ecr\.([a-z0-9-]+)\.[a-z.-]+)\/(.+)$/.exec(url) ?? [];
  if (name === "") throw new UserError(`"${url}" is not the address of an ECR repository.`);
  return { url, registry, account, region, name };
}

/** A client for the region of the repository, with the user's own credentials and endpoint settings. */
export function openRegistry({ region }: Repository): ECRClient {
  quietSdk();
  return new ECRClient({ region });
}

/** User and password of the registry, good for twelve hours. */
export async function signIn(client: ECRClient, { registry }: Repository): Promise<{ user: string; password: string }> {
  const { authorizationData = [] } = await asking(registry, ["ecr:GetAuthorizationToken"], () =>
    client.send(new GetAuthorizationTokenCommand({})),
  );
  const token = Buffer.from(authorizationData[0]?.authorizationToken ?? "", "base64").toString("utf8");
  const colon = token.indexOf(":");
  if (colon < 1) throw new UserError(`${registry}: ECR gave no password.`);
  return { user: token.slice(0, colon), password: token.slice(colon + 1) };
}

/** The image with a tag; undefined when the repository has none. */
export function findTagged(client: ECRClient, repository: Repository, tag: string): Promise<StoredImage | undefined> {
  return find(client, repository, { imageTag: tag });
}

async function find(
  client: ECRClient,
  { url, account, name }: Repository,
  imageId: { imageTag?: string; imageDigest?: string },
): Promise<StoredImage | undefined> {
  const { images = [], failures = [] } = await asking(
    url,
    ["ecr:BatchGetImage"],
    () =>
      client.send(
        new BatchGetImageCommand({
          registryId: account,
          repositoryName: name,
          imageIds: [imageId],
          acceptedMediaTypes: MEDIA_TYPES,
        }),
      ),
    { byName: GONE },
  );
  const [image] = images;
  const digest = image?.imageId?.imageDigest;
  if (digest !== undefined && image?.imageManifest !== undefined) {
    return { digest, manifest: image.imageManifest, mediaType: image.imageManifestMediaType };
  }
  const [failure] = failures;
  if (failure === undefined || failure.failureCode === "ImageNotFound") return undefined;
  throw new UserError(`${url}: ECR cannot give the image: ${failure.failureReason ?? failure.failureCode}.`);
}

/** Tags of the images that were pushed last, the newest first. */
export async function newestTags(client: ECRClient, repository: Repository, most: number): Promise<string[]> {
  const { url, account, name } = repository;
  const found: ImageDetail[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await asking(
      url,
      ["ecr:DescribeImages"],
      () =>
        client.send(
          new DescribeImagesCommand({
            registryId: account,
            repositoryName: name,
            filter: { tagStatus: "TAGGED" },
            maxResults: 1000,
            nextToken,
          }),
        ),
      { byName: GONE },
    );
    found.push(...(answer.imageDetails ?? []));
    nextToken = answer.nextToken;
  } while (nextToken);
  const pushed = ({ imagePushedAt }: ImageDetail): number => imagePushedAt?.getTime() ?? 0;
  return found
    .sort((a, b) => pushed(b) - pushed(a))
    .flatMap(({ imageTags = [] }) => imageTags.filter((tag) => tag !== "latest" && !tag.startsWith(RELEASED_PREFIX)))
    .slice(0, most);
}

/** How the tag begins by which the repository's lifecycle policy knows an image that was released. */
const RELEASED_PREFIX = "released-";

/**
 * Gives the image of a tag the further tag `released-<tag>`, which keeps it from expiring by age. A second time changes
 * nothing.
 *
 * @throws UserError when the image is gone, or when another one has that tag
 */
export async function markReleased(client: ECRClient, repository: Repository, tag: string): Promise<void> {
  const image = await findTagged(client, repository, tag);
  if (image === undefined) throw new UserError(`${repository.url}: the image ${tag} is gone.`);
  await addTag(client, repository, image, `${RELEASED_PREFIX}${tag}`);
}

/**
 * Gives an image a further tag, without moving its layers.
 *
 * @throws UserError when another image has the tag and it must not move
 */
export async function addTag(
  client: ECRClient,
  repository: Repository,
  image: StoredImage,
  tag: string,
): Promise<void> {
  const { url, account, name } = repository;
  const inTheWay = { byName: { ...GONE, ImageTagAlreadyExistsException: `another image has the tag ${tag}` } };
  await asking(
    `${url}:${tag}`,
    ["ecr:PutImage"],
    async () => {
      try {
        await client.send(
          new PutImageCommand({
            registryId: account,
            repositoryName: name,
            imageManifest: image.manifest,
            imageManifestMediaType: image.mediaType,
            imageDigest: image.digest,
            imageTag: tag,
          }),
        );
      } catch (error) {
        if (!TAKEN.has((error as Error).name)) throw error;
        if ((await findTagged(client, repository, tag))?.digest !== image.digest) throw error;
      }
    },
    inTheWay,
  );
}

/** What ECR says when the image has the tag already, or when another one has it. */
const TAKEN = new Set(["ImageAlreadyExistsException", "ImageTagAlreadyExistsException"]);

/** Whether a tag may move from one image to another in this repository. */
export async function mayMove(client: ECRClient, repository: Repository, tag: string): Promise<boolean> {
  const { url, account, name } = repository;
  const { repositories = [] } = await asking(
    url,
    ["ecr:DescribeRepositories"],
    () => client.send(new DescribeRepositoriesCommand({ registryId: account, repositoryNames: [name] })),
    { byName: GONE },
  );
  const { imageTagMutability: kind, imageTagMutabilityExclusionFilters: filters = [] } = repositories[0] ?? {};
  const excluded = filters.some(({ filter = "" }) => wildcard(filter).test(tag));
  if (kind === "IMMUTABLE" || kind === "IMMUTABLE_WITH_EXCLUSION") return excluded;
  return !excluded;
}

/** ECR's filters know one special character: `*` for any text. */
const wildcard = (filter: string): RegExp =>
  new RegExp(`^${filter.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
