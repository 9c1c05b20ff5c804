import { statfs } from 'node:fs/promises'

/** statfs(2) magic numbers of file systems that one kernel at a time has mounted: ext, XFS, Btrfs, F2FS, ZFS, tmpfs, overlay. */
const ONE_KERNEL = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994, 0x794c7630])

/** Whether only the kernel that runs now can reach the directory: then every process of an earlier boot is dead. */
export async function isOfOneKernel(directory: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  try {
    return ONE_KERNEL.has((await statfs(directory)).type)
  } catch {
    return false
  }
}
