// What a page without network keeps on this phone: the draft, what waits, photos and voices. Everything a person said is
// sealed (AES-GCM) before it is written. The key is derived from a PIN and lives in memory alone; without
// a PIN it lies beside the data, where scripts of this site can use it and nobody can take it out.
"use strict";
// Every box there is: erasing one erases all, whichever page the person stands on.
const BOXES = ["passerelle", "passerelle-sessions"];
// "name" is the box, "sealedFacts" are the facts that a person wrote.
const makeBox = (name, sealedFacts = ["draft"]) => {
  const ROUNDS = 600000;
  const words = new TextEncoder(), read = new TextDecoder();
  let opening = null, key = null, lock = null, resealing = Promise.resolve();

  // --- The store ---------------------------------------------------------------------------------------------------
  const open = () => opening ??= new Promise((done, fail) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("facts");
      asked.result.createObjectStore("reports", { keyPath: "id" });
      asked.result.createObjectStore("files", { keyPath: "id" });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opening = null; };
      done(asked.result);
    };
    asked.onerror = asked.onblocked = () => { opening = null; fail(asked.error); };
  });
  // One transaction for all that "act" asks for: all of it is written, or nothing.
  const write = async (act) => {
    const store = await open();
    return new Promise((done, fail) => {
      const turn = store.transaction(["facts", "reports", "files"], "readwrite", { durability: "strict" });
      turn.oncomplete = () => done();
      turn.onerror = turn.onabort = () => fail(turn.error);
      act((shelf) => turn.objectStore(shelf));
    });
  };
  const get = async (shelf, id) => {
    const store = await open();
    return new Promise((done, fail) => {
      const asked = id === undefined ? store.transaction(shelf).objectStore(shelf).getAll()
        : store.transaction(shelf).objectStore(shelf).get(id);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  };

  // --- Sealing -----------------------------------------------------------------------------------------------------
  const sealBytes = async (bytes, about, by) => {
    if (!by) await resealing;  // what is typed while the PIN is changed must not be sealed with the key that goes
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: words.encode(about) }, by ?? key, bytes);
    return { iv, data };
  };
  const openBytes = ({ iv, data }, about, by = key) =>
    crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: words.encode(about) }, by, data);
  const seal = (value, about, by) => sealBytes(words.encode(JSON.stringify(value)), about, by);
  const unseal = async (sealed, about, by) => JSON.parse(read.decode(await openBytes(sealed, about, by)));

  const fromPin = async (pin, salt, rounds) => {
    const typed = await crypto.subtle.importKey("raw", words.encode(pin), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
    return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  };
  const makeLock = async (pin) => {
    if (!pin) {
      const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      return [made, { kind: "device", key: made }];
    }
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const made = await fromPin(pin, salt, ROUNDS);
    return [made, { kind: "pin", salt, rounds: ROUNDS, check: await seal("passerelle", "check", made) }];
  };

  // "open", or "locked" while a PIN is missing. Makes a key on first use.
  const ready = async () => {
    if (key) return "open";
    lock = await get("facts", "lock");
    if (!lock) {
      const [made, kept] = await makeLock("");
      // Of two tabs that do this at once, the second takes the key of the first.
      await write((of) => {
        const asked = of("facts").get("lock");
        asked.onsuccess = () => { lock = asked.result ?? kept; if (!asked.result) of("facts").put(kept, "lock"); };
      });
    }
    if (lock.kind === "device") key = lock.key;
    return key ? "open" : "locked";
  };
  const unlock = async (pin) => {
    const made = await fromPin(pin, lock.salt, lock.rounds);
    try { await unseal(lock.check, "check", made); } catch { return false; }
    key = made;
    return true;
  };
  // Another PIN, or none: everything is sealed anew, in one transaction.
  const reseal = async (pin) => {
    const [made, kept] = await makeLock(pin);
    const reports = await get("reports"), files = await get("files"), facts = [];
    for (const fact of sealedFacts) {
      const sealed = await get("facts", fact);
      if (sealed) facts.push([fact, await seal(await unseal(sealed, fact), fact, made)]);
    }
    for (const one of reports) one.sealed = await seal(await unseal(one.sealed, one.id), one.id, made);
    for (const one of files) one.sealed = await sealBytes(await openBytes(one.sealed, one.id), one.id, made);
    await write((of) => {
      for (const one of reports) of("reports").put(one);
      for (const one of files) of("files").put(one);
      for (const [fact, sealed] of facts) of("facts").put(sealed, fact);
      of("facts").put(kept, "lock");
    });
    [key, lock] = [made, kept];
  };
  const setPin = (pin) => {
    const turn = reseal(pin);
    resealing = turn.catch(() => null);
    return turn;
  };

  // --- What is kept ------------------------------------------------------------------------------------------------
  const saveSealed = async (fact, value) => {
    const sealed = await seal(value, fact);
    await write((of) => of("facts").put(sealed, fact));
  };
  const sealed = async (fact) => {
    const found = await get("facts", fact);
    return found ? unseal(found, fact) : null;
  };
  const saveDraft = (draft) => saveSealed("draft", draft);
  const draft = () => sealed("draft");
  const dropFact = (fact) => write((of) => of("facts").delete(fact));
  const row = async (report) => ({ id: report.id, next: report.next, sealed: await seal(report, report.id) });
  const save = async (report) => {
    const made = await row(report);
    // What was erased meanwhile stays erased.
    await write((of) => {
      const asked = of("reports").getKey(report.id);
      asked.onsuccess = () => { if (asked.result) of("reports").put(made); };
    });
  };
  // The draft becomes one that waits: both or neither.
  const commit = async (report) => {
    const made = await row(report);
    await write((of) => { of("reports").put(made); of("facts").delete("draft"); });
  };
  // And back again, where the other side would not take it.
  const reopen = async (report, asDraft) => {
    const sealed = await seal(asDraft, "draft");
    await write((of) => { of("facts").put(sealed, "draft"); of("reports").delete(report.id); });
  };
  const all = async () => {
    const rows = await get("reports");
    const opened = await Promise.all(rows.map(async (one) => ({ ...await unseal(one.sealed, one.id), next: one.next })));
    return opened.sort((one, other) => one.at < other.at ? -1 : 1);
  };
  const remove = async (report) => write((of) => {
    of("reports").delete(report.id);
    for (const file of report.files ?? []) of("files").delete(file.id);
  });
  const keepFile = async (id, bytes) => {
    const sealed = await sealBytes(bytes, id);
    await write((of) => of("files").put({ id, sealed }));
  };
  const file = async (id) => {
    const found = await get("files", id);
    return found ? openBytes(found.sealed, id) : null;
  };
  const dropFile = (id) => write((of) => of("files").delete(id));
  const fact = (name) => get("facts", name);
  const setFact = (name, value) => write((of) => of("facts").put(value, name));

  // Keys first: without them the rest is noise, even if deleting it were cut short.
  const erase = async () => {
    key = null;
    await write((of) => { of("facts").clear(); of("reports").clear(); of("files").clear(); });
    (await open()).close();
    opening = lock = null;
    for (const one of BOXES) await new Promise((done) => {
      const asked = indexedDB.deleteDatabase(one);
      asked.onsuccess = asked.onerror = asked.onblocked = () => done();
    });
  };
  const hasPin = () => lock?.kind === "pin";
  return { ready, unlock, setPin, hasPin, saveDraft, draft, saveSealed, sealed, dropFact, save, commit, reopen, all, remove,
    keepFile, file, dropFile, fact, setFact, erase };
};
self.makeBox = makeBox;
