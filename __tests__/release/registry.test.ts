/** Amazon ECR, as moto plays it: tags that stay, tags that move, digests. */
import { BatchGetImageCommand, DescribeImagesCommand, type ECRClient } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../scripts/lib/errors";
import { markReleased, parseRepository, resolveAll, resolveTag, signIn } from "../../scripts/release";
import { addTag, findTagged, mayMove } from "../../scripts/release/registry";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { createRepository, digestOf, ecrAt, putImage, putIndex, repositoryOf, urlOf } from "./support";

const PLATFORM = "linux/amd64";
let moto: Moto;
let client: ECRClient;

beforeAll(async () => {
  moto = await startMoto();
  client = ecrAt(moto);
}, MOTO_INSTALL_MS);
afterAll(async () => {
  client?.destroy();
  await moto?.stop();
});

const tagsOf = async (name: string): Promise<string[]> => {
  const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName: name }));
  return imageDetails.flatMap(({ imageTags = [] }) => imageTags).sort();
};

describe("the address of a repository", () => {
  test("says where it is", () => {
    expect(parseRepository("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/shop/mvp/api")).toEqual({
      url: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/shop/mvp/api",
      registry: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
      account: "123456789012",
      region: "cn-north-1",
      name: "shop/mvp/api",
    });
  });

  test.each(["docker.io/library/nginx", "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "12.dkr.ecr.a.b/c"])(
    "%s is none of ECR",
    (url) => expect(() => parseRepository(url)).toThrow(`"${url}" is not the address of an ECR repository.`),
  );
});

test("the sign-in is a user and a password", async () => {
  const { user, password } = await signIn(client, repositoryOf("any"));
  expect([user, password.length > 0]).toEqual(["AWS", true]);
});

describe("tags", () => {
  test("a further tag moves nothing, and a second time changes nothing", async () => {
    const repository = await createRepository(client, "tags/further");
    const digest = await putImage(client, repository, "one", digestOf("one"));
    await markReleased(client, repository, "one");
    await markReleased(client, repository, "one");
    expect(await tagsOf("tags/further")).toEqual(["one", "released-one"]);
    expect((await findTagged(client, repository, "released-one"))?.digest).toBe(digest);
  });

  test("one that another image has is refused in words", async () => {
    const repository = await createRepository(client, "tags/taken");
    await putImage(client, repository, "one", digestOf("one"));
    await putImage(client, repository, "two", digestOf("two"));
    const two = await findTagged(client, repository, "two");
    if (two === undefined) throw new Error("moto lost the image");
    await expect(addTag(client, repository, two, "one")).rejects.toThrow(UserError);
    expect((await findTagged(client, repository, "one"))?.digest).not.toBe(two.digest);
  });

  test("an image that is gone cannot be marked", async () => {
    const repository = await createRepository(client, "tags/gone");
    await expect(markReleased(client, repository, "one")).rejects.toThrow(`${repository.url}: the image one is gone.`);
  });

  test(`"latest" moves where the repository leaves it out of what stays`, async () => {
    const repository = await createRepository(client, "tags/latest");
    const images = [];
    for (const tag of ["one", "two"]) {
      await putImage(client, repository, tag, digestOf(tag));
      const image = await findTagged(client, repository, tag);
      if (image) images.push(image);
    }
    for (const image of images) await addTag(client, repository, image, "latest");
    expect((await findTagged(client, repository, "latest"))?.digest).toBe(images[1]?.digest);
  });

  test.each([
    [["latest"], true],
    [["lat*"], true],
    [["*est"], true],
    [["late"], false],
    [["la.est"], false],
    [[], false],
  ])("with %j left out, whether it may move is %s", async (excluded, expected) => {
    const name = `may-move/${excluded.join("").replaceAll("*", "x").replaceAll(".", "y") || "none"}`;
    expect(await mayMove(client, await createRepository(client, name, excluded), "latest")).toBe(expected);
  });

  test("a repository that is gone is told, with what to do", async () => {
    const gone = repositoryOf("no/such");
    const message = `${urlOf("no/such")}: the repository is gone; apply the stack to make it anew.`;
    await expect(findTagged(client, gone, "one")).rejects.toThrow(message);
    await expect(mayMove(client, gone, "latest")).rejects.toThrow(message);
  });
});

describe("from a tag to a digest", () => {
  test("gives the reference by digest", async () => {
    const repository = await createRepository(client, "resolve/plain");
    const digest = await putImage(client, repository, "one", digestOf("one"));
    expect(await resolveTag(client, "api", repository, "one", PLATFORM)).toEqual({
      service: "api",
      reference: `${repository.url}@${digest}`,
    });
    const { images = [] } = await client.send(
      new BatchGetImageCommand({ repositoryName: "resolve/plain", imageIds: [{ imageDigest: digest }] }),
    );
    expect(images).toHaveLength(1);
  });

  test("a tag that is not there names the newest that are, without aliases and marks", async () => {
    const repository = await createRepository(client, "resolve/missing");
    await expect(resolveTag(client, "api", repository, "one", PLATFORM)).rejects.toThrow(
      `api: ${repository.url} has no image one; nothing was pushed there yet.`,
    );
    await putImage(client, repository, "two", digestOf("two"));
    await putImage(client, repository, "latest", digestOf("two"));
    await markReleased(client, repository, "two");
    await expect(resolveTag(client, "api", repository, "one", PLATFORM)).rejects.toThrow(/; newest there: two\.$/);
  });

  test("an index has to have the host's platform", async () => {
    const repository = await createRepository(client, "resolve/index");
    await putIndex(client, repository, "both", ["linux/amd64", "linux/arm64", "unknown/unknown"]);
    await putIndex(client, repository, "arm", ["linux/arm64", "unknown/unknown"]);
    const { reference } = await resolveTag(client, "api", repository, "both", PLATFORM);
    expect(reference).toMatch(/@sha256:[0-9a-f]{64}$/);
    await expect(resolveTag(client, "api", repository, "arm", PLATFORM)).rejects.toThrow(
      "api: the image arm is for linux/arm64, the host is linux/amd64.",
    );
  });

  test("all that is wrong is told at once; what is no mistake of the user comes as it is", async () => {
    const bad = (service: string) => Promise.reject(new UserError(`${service}: no.`));
    await expect(resolveAll(["a", "b"], bad)).rejects.toThrow("a: no.\nb: no.");
    await expect(resolveAll(["a"], () => Promise.reject(new TypeError("oops")))).rejects.toThrow(TypeError);
  });
});
