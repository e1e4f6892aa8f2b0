import { and, asc, eq } from "drizzle-orm";

import type { Scope } from "../../platform/scope.ts";
import { priceOverrides } from "./tables.ts";

export type PriceRow = typeof priceOverrides.$inferSelect;

/** All of a project's own prices: few, because `actions` bounds them. */
export const listPrices = ({ db, tenant }: Scope) =>
  db
    .select()
    .from(priceOverrides)
    .where(eq(priceOverrides.project, tenant))
    .orderBy(asc(priceOverrides.model), asc(priceOverrides.validFrom))
    .all();

type Price = Pick<PriceRow, "model" | "validFrom" | "usdPerMillion">;

export const upsertPrice = ({ db, tenant, now }: Scope, price: Price) =>
  db
    .insert(priceOverrides)
    .values({ ...price, project: tenant, createdAt: now })
    .onConflictDoUpdate({
      target: [priceOverrides.project, priceOverrides.model, priceOverrides.validFrom],
      set: { usdPerMillion: price.usdPerMillion, createdAt: now },
    });

export const deletePrice = (
  { db, tenant }: Scope,
  { model, validFrom }: Pick<Price, "model" | "validFrom">,
) =>
  db
    .delete(priceOverrides)
    .where(
      and(
        eq(priceOverrides.project, tenant),
        eq(priceOverrides.model, model),
        eq(priceOverrides.validFrom, validFrom),
      ),
    )
    .returning({ model: priceOverrides.model });
