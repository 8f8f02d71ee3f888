import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const imageSchema = z.strictObject({
  description: z.string(),
  /** The main process, as a list of words. */
  main: z.array(z.string()).min(1),
  environment: z.record(z.string(), z.string()),
  /** The main process is ready when it logs a line that ends so. Absent: as soon as it runs. */
  readyLine: z.string().optional(),
  /** Folder of the pages that the image serves on the container's port. Absent: it serves nothing. */
  pages: z.string().optional(),
  /** File that lists the files in which `${NAME}` stands for a value of the environment. */
  templates: z.string().optional(),
  /** File with the lines of the log: the first at start, then one of the others now and then. */
  logLines: z.string().optional(),
})

/** What a container starts from: `image.json` and the files of `rootfs/` beside it. */
export interface Image extends z.infer<typeof imageSchema> {
  name: string
  /** Absolute path of its `rootfs` folder. */
  files: string
}

/** @throws {Error} naming the image and the ones there are */
export async function loadImage(imagesFolder: string, name: string): Promise<Image> {
  const folder = join(imagesFolder, name)
  const text = await readFile(join(folder, 'image.json'), 'utf8').catch(async () => {
    const known = (await readdir(imagesFolder)).sort().join(', ')
    throw new Error(`There is no sandbox image "${name}". There are: ${known}`)
  })
  return { ...imageSchema.parse(JSON.parse(text)), name, files: join(folder, 'rootfs') }
}

/** A container's environment: the image's, then the task definition's, over what every container has. */
export function containerEnvironment(
  image: Image,
  spec: { hostname: string; environment: Record<string, string>; port?: number },
): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    HOSTNAME: spec.hostname,
    // Where shells other than bash find their prompt.
    ENV: '/etc/shrc',
    ...image.environment,
    ...(spec.port === undefined ? {} : { PORT: String(spec.port) }),
    ...spec.environment,
  }
}

/** `10.0.42.17` for `ip-10-0-42-17.eu-west-1.compute.internal`; names of another shape get an address of the VPC. */
export function addressOf(hostname: string): string {
  const numbers = /^ip-(\d+)-(\d+)-(\d+)-(\d+)/.exec(hostname)
  return numbers ? numbers.slice(1, 5).join('.') : '10.0.0.10'
}
