import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

type File = { bytes: Buffer<ArrayBuffer>; type: string; etag: string };

function fileOf(path: string): File {
  const bytes = Buffer.from(readFileSync(path));
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  return {
    bytes,
    type,
    etag: `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`,
  };
}

/** Every file of a folder by its path in a URL; a few megabytes that never change while they are served. */
function filesOf(folder: string): Map<string, File> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/${relative(folder, path)}`, fileOf(path)]),
  );
}

/**
 * What Cloudflare's static assets do for the Worker, as far as it asks: files with their type and
 * ETag, `/` for index.html, 404 for everything else.
 */
export function fileService(folder: string): (request: Request) => Response {
  const files = filesOf(folder);
  return (request) => {
    const { pathname } = new URL(request.url);
    const file = files.get(pathname === "/" ? "/index.html" : pathname);
    if (!file) return new Response("not found", { status: 404 });
    const headers = { "content-type": file.type, etag: file.etag };
    if (request.headers.get("if-none-match") === file.etag) {
      return new Response(null, { status: 304, headers });
    }
    return new Response(request.method === "HEAD" ? null : file.bytes, { headers });
  };
}
