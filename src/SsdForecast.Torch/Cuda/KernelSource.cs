using System.Security.Cryptography;
using System.Text;

namespace SsdForecast.Torch.Cuda;

/// <summary>A kernel file (<c>.cu</c>) and the files that kernels include (<c>.cuh</c>), as they lie in this assembly.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="Text">Its text.</param>
/// <param name="Headers">What it may include.</param>
internal sealed record KernelSource(string Name, string Text, IReadOnlyList<(string Name, string Text)> Headers)
{
    private const string Prefix = "cuda/";

    private static readonly Lazy<IReadOnlyDictionary<string, string>> Files = new(() => typeof(KernelSource).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(n => n[Prefix.Length..], Read));

    /// <summary>The kernel files there are, without their extension.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Files.Value.Keys.Where(n => n.EndsWith(".cu", StringComparison.Ordinal)).Select(n => n[..^3]).Order(StringComparer.Ordinal)];

    /// <summary>One of the kernel files.</summary>
    /// <param name="name">Its name without the extension.</param>
    public static KernelSource Of(string name) => new(
        name + ".cu",
        Files.Value[name + ".cu"],
        [.. Files.Value.Where(f => f.Key.EndsWith(".cuh", StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, f.Value))]);

    /// <summary>Whether it includes <c>wgmma.cuh</c>: then it is compiled for exactly one architecture (<c>sm_90a</c>).</summary>
    public bool HasWarpgroupProducts => Text.Contains("#include \"wgmma.cuh\"", StringComparison.Ordinal);

    /// <summary>A name for what a compiler makes of it: a hash of the texts, the macros, the architecture and the compiler's version.</summary>
    public string Key(IReadOnlyDictionary<string, int> macros, int architecture, string compiler)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
        Add(Name);
        Add(Text);
        foreach (var (name, text) in Headers)
        {
            Add(name);
            Add(text);
        }
        foreach (var (name, value) in macros.OrderBy(m => m.Key, StringComparer.Ordinal)) Add(FormattableString.Invariant($"{name}={value}"));
        Add(FormattableString.Invariant($"sm_{architecture}{(HasWarpgroupProducts ? "a" : "")}"));
        Add(compiler);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(KernelSource).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
