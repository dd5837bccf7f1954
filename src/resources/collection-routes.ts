import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Page } from "../state/collection-store.js";
import { envelopeOf, type PageRequest, readPageRequest } from "../twilio-api/request/paging.js";
import type { Query } from "../twilio-api/request/parameters.js";
import type { SidPrefix } from "../twilio-api/request/sids.js";
import { TwilioError } from "../twilio-api/response/error-catalogue.js";
import { LIST_EXTENSION, RESOURCE_EXTENSION, SID, sendList, sendResource } from "../twilio-api/response/formats.js";

export type CollectionRequest = FastifyRequest<{ Params: Record<string, string>; Querystring: Query }>;

/** The names and the representation of a resource that is listed, fetched and deleted. */
export interface Collection<Row extends { sid: string }> {
  /** The list's name in JSON, `recordings`. */
  key: string;
  /** One resource's name in XML, `Recording`. */
  element: string;
  /** The noun in Twilio's names of operations: `RecordingAddOnResult` in `ListRecordingAddOnResult`. */
  noun: string;
  prefix: SidPrefix;
  /** The keys of a resource in Twilio's order, without those whose values are objects: the columns of CSV. */
  keys: readonly string[];
  /** The list's extension for the router; default `LIST_EXTENSION`. */
  listExtension?: string;
  represent(row: Row, request: CollectionRequest): object;
}

/**
 * Adds the routes of a list, in JSON, XML and CSV.
 *
 * @param url - without an extension.
 * @param list - returns the page; undefined if its token matches no row.
 * @param filters - returns names and values of the filters, which page URIs repeat.
 */
export function listRoutes<Row extends { sid: string }>(
  app: FastifyInstance,
  url: string,
  { key, element, noun, prefix, keys, listExtension = LIST_EXTENSION, represent }: Collection<Row>,
  list: (request: CollectionRequest, page: PageRequest) => Page<Row> | undefined,
  filters: (query: Query) => readonly (readonly [name: string, value: string])[] = () => [],
): void {
  app.route({
    method: ["GET", "HEAD"],
    url: url + listExtension,
    config: { operation: `List${noun}` },
    handler,
  });

  function handler(request: CollectionRequest, reply: FastifyReply): object {
    const pageRequest = readPageRequest(request.query, prefix);
    const page = list(request, pageRequest);
    if (page === undefined) throw new TwilioError({ code: 21481 });
    const { path, format } = request;
    const envelope = envelopeOf(path, filters(request.query), pageRequest, page);
    const resources = page.rows.map((row) => represent(row, request));
    return sendList(reply, format, { key, element, keys }, envelope, resources);
  }
}

/**
 * Adds the routes that fetch one resource, in JSON and XML.
 *
 * @param url - of the list, without an extension.
 * @param fetchPaths - what follows it in the paths by which one is fetched.
 */
export function fetchRoutes<Row extends { sid: string }>(
  app: FastifyInstance,
  url: string,
  { element, noun, represent }: Collection<Row>,
  fetch: (request: CollectionRequest) => Row,
  fetchPaths: readonly string[] = [SID + RESOURCE_EXTENSION],
): void {
  for (const path of fetchPaths) {
    app.route({
      method: ["GET", "HEAD"],
      url: `${url}/${path}`,
      config: { operation: `Fetch${noun}` },
      handler: get,
    });
  }

  function get(request: CollectionRequest, reply: FastifyReply): object {
    return sendResource(reply, request.format, element, represent(fetch(request), request));
  }
}

/** Adds the route that deletes one resource. */
export function deleteRoute(
  app: FastifyInstance,
  url: string,
  noun: string,
  remove: (request: CollectionRequest) => void,
  path = SID + RESOURCE_EXTENSION,
): void {
  app.route({ method: "DELETE", url: `${url}/${path}`, config: { operation: `Delete${noun}` }, handler: del });

  function del(request: CollectionRequest, reply: FastifyReply): FastifyReply {
    remove(request);
    return reply.code(204).send();
  }
}

/**
 * Adds the route that creates a resource: 201.
 *
 * @param create - may set another status.
 */
export function createRoute<Row extends { sid: string }>(
  app: FastifyInstance,
  url: string,
  { element, noun, represent }: Collection<Row>,
  create: (request: CollectionRequest, reply: FastifyReply) => Row,
): void {
  app.route({ method: "POST", url: url + LIST_EXTENSION, config: { operation: `Create${noun}` }, handler: post });

  function post(request: CollectionRequest, reply: FastifyReply): object {
    const row = create(request, reply.code(201));
    return sendResource(reply, request.format, element, represent(row, request));
  }
}

/** Adds the route that changes one resource: 200. */
export function updateRoute<Row extends { sid: string }>(
  app: FastifyInstance,
  url: string,
  { element, noun, represent }: Collection<Row>,
  update: (request: CollectionRequest) => Row,
  path = SID + RESOURCE_EXTENSION,
): void {
  app.route({ method: "POST", url: `${url}/${path}`, config: { operation: `Update${noun}` }, handler: post });

  function post(request: CollectionRequest, reply: FastifyReply): object {
    return sendResource(reply, request.format, element, represent(update(request), request));
  }
}

/**
 * Adds the routes that list, fetch and delete the resources of a collection.
 *
 * @param url - of the list, without an extension.
 * @param place - returns the columns that the request's path determines.
 */
export function collectionRoutes<Row extends { sid: string }, Place>(
  app: FastifyInstance,
  url: string,
  collection: Collection<Row>,
  place: (request: CollectionRequest) => Place,
  rules: {
    list(place: Place, page: PageRequest): Page<Row> | undefined;
    fetch(place: Place, pathSid: string): Row;
    remove(place: Place, pathSid: string): void;
  },
): void {
  listRoutes(app, url, collection, (request, page) => rules.list(place(request), page));
  fetchRoutes(app, url, collection, (request) => rules.fetch(place(request), request.params.Sid as string));
  deleteRoute(app, url, collection.noun, (request) => rules.remove(place(request), request.params.Sid as string));
}
