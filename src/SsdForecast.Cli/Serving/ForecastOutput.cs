using System.Text.Json;
using SsdForecast.Cli.Hosting;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>What a run has done up to a snapshot. Committed with it, so that output and state are cut back to the same moment.</summary>
/// <param name="File">Full path of the file; null for standard output.</param>
/// <param name="Length">Its bytes that belong to the snapshot.</param>
/// <param name="Form">What its lines are.</param>
/// <param name="HeldBack">Events of the state that wait; 0 also in a snapshot of before they were counted.</param>
internal sealed record OutputCommit(string? File, long Length, string Form, long HeldBack = 0)
{
    public static OutputCommit? Read(SnapshotManifest? manifest) => manifest is { Attachment.Length: > 0 } m ? JsonSerializer.Deserialize<OutputCommit>(m.Attachment.Span) : null;

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this);
}

/// <summary>
/// Where forecasts go. A file is gone on with behind what belongs to the snapshot: the replay of the log writes what followed once more, byte for
/// byte, and what is left over after it was of events that the state does not have and that come again.
/// </summary>
internal sealed class ForecastOutput : IDisposable
{
    private readonly string? _file;
    private readonly string _form;
    private readonly Stream _stream;
    private readonly bool _wasThere;
    private bool _replaces;

    /// <summary>Opens the output where the state says that it ends.</summary>
    /// <param name="host">Has the standard output.</param>
    /// <param name="request">Names the file.</param>
    /// <param name="isNew">Whether there is no state to go on from.</param>
    /// <param name="commit">What the state says of its output; null if nothing.</param>
    public ForecastOutput(CommandHost host, StreamRequest request, bool isNew, OutputCommit? commit)
    {
        _file = request.Out is null ? null : Path.GetFullPath(request.Out);
        _form = Form(request);
        _wasThere = File.Exists(_file);
        WritesReplay = commit?.File is not null;
        if (_file is null)
        {
            _stream = TextStreams.Bytes(host.Out);
            Lines = new OutputBuffer(_stream);
        }
        else if (commit?.File == _file)
        {
            if (commit.Form != _form) throw CommandException.Usage("--out", $"{request.Out} was begun as {commit.Form}, and this would be {_form}; ask for the same, or name another file");
            var length = File.Exists(_file) ? new FileInfo(_file).Length : 0;
            if (length < commit.Length) throw CommandException.Work(request.Out!, $"has {length} bytes, where {commit.Length} belong to the state; put the file back, or name another one");
            _stream = Open(request.Out!);
            _stream.Position = commit.Length;
            Lines = new OutputBuffer(_stream, commit.Length);
        }
        else
        {
            if (!isNew && new FileInfo(_file) is { Exists: true, Length: > 0 }) throw CommandException.Work(request.Out!, "is there already, and the state was not written with it; name another file, or move it away");
            _stream = Open(request.Out!);
            // What was there goes when the first line is written, and not before: until then the run may fail.
            _replaces = true;
            Lines = new OutputBuffer(_stream);
        }

        ContinuesOther = WritesReplay && commit!.File != _file ? commit.File : null;
    }

    /// <summary>Takes the lines.</summary>
    public OutputBuffer Lines { get; }

    /// <summary>
    /// Whether the forecasts of replayed events are written: those to a file may not be in it. Standard output was let out before its events
    /// were logged.
    /// </summary>
    public bool WritesReplay { get; }

    /// <summary>The file that the run before wrote to, if it is another one.</summary>
    public string? ContinuesOther { get; }

    /// <summary>How much there is now.</summary>
    public OutputCommit Commit => new(_file, Lines.Length, _form);

    /// <summary>What a state says of an output that is about to begin.</summary>
    public static OutputCommit Beginning(StreamRequest request) => new(request.Out is null ? null : Path.GetFullPath(request.Out), 0, Form(request));

    /// <summary>Lets out what waits.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush(bool toDisk = false)
    {
        try
        {
            if (_replaces && Lines.Length > 0) Replace();
            Lines.Flush(toDisk);
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
        {
            // The second is what .NET makes of a file that has reached the size that the system allows.
            var reason = e is IOException ? e.Message.Split(" : ")[0].TrimEnd('.') : "the file has reached the size that the system allows";
            throw new IOException($"{_file ?? "standard output"}: the forecasts cannot be written ({reason}); make room and run the same again", e);
        }
    }

    /// <summary>After the replay: cuts off what is left of events that the state does not have.</summary>
    public void CutOff()
    {
        Flush();
        if (!_replaces && _stream is FileStream { CanSeek: true } file && file.Length > Lines.Length) file.SetLength(Lines.Length);
    }

    /// <summary>All has been written, be it nothing.</summary>
    public void End()
    {
        if (_replaces) Replace();
    }

    public void Dispose()
    {
        if (_file is null) return;
        _stream.Dispose();
        // Of a run that failed before it had anything to write nothing is left, what was there before stays.
        if (_replaces && !_wasThere) File.Delete(_file);
    }

    private void Replace()
    {
        _replaces = false;
        if (_file is not null) _stream.SetLength(0);
    }

    private static string Form(StreamRequest request) => (request.WritesJson ? "jsonl" : "csv") + (request.AllLeads ? " with all leads" : "") + (request.Monitor.IsOn ? " with " + request.Monitor.Form : "");

    private static FileStream Open(string path)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            // No buffer of its own: what is flushed is in the file.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1);
            Lock(file, path);
            return file;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw CommandException.Work(path, $"cannot be written there ({e.Message.TrimEnd('.')}); choose a folder that you may write to", e);
        }
    }

    /// <summary>Elsewhere than on Linux and Windows the lock is left out. On Windows no other writer gets in at all.</summary>
    private static void Lock(FileStream file, string path)
    {
        if (!OperatingSystem.IsLinux() || !file.CanSeek) return;
        try
        {
            file.Lock(0, long.MaxValue);
        }
        catch (IOException e)
        {
            file.Dispose();
            throw CommandException.Work(path, "another process is writing to it; wait for that one, or name another file", e);
        }
    }
}
