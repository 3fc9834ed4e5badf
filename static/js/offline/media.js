// Photos made small and voices recorded, on the phone.
"use strict";
const Media = (() => {
  const LONGEST = 1280, QUALITY = 0.72, LONGEST_VOICE = 180, VOICE_BYTES = 3 * 1024 * 1024;
  const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

  // Drawn anew, so the position and the rest that a camera writes into its files never leave the phone.
  const shrink = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob) throw new Error("no picture");
    return blob.arrayBuffer();
  };
  const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && self.MediaRecorder);
  // Gives a function that ends the recording; "done" gets its bytes.
  const record = async (done, tick) => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: 16000 });
    const parts = [], started = Date.now();
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const timer = setInterval(() => {
      const seconds = Math.round((Date.now() - started) / 1000);
      tick(seconds);
      if (seconds >= LONGEST_VOICE && recorder.state !== "inactive") recorder.stop();
    }, 500);
    recorder.onstop = async () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      const blob = new Blob(parts, { type: recorder.mimeType });
      done(await blob.arrayBuffer(), recorder.mimeType);
    };
    recorder.start(1000);
    return () => { if (recorder.state !== "inactive") recorder.stop(); };
  };
  return { shrink, canRecord, record, VOICE_BYTES };
})();
