using System.Security.Cryptography;

namespace SsdForecast.Runtime;

/// <summary>
/// A trained model: <c>config.json</c>, <c>model.safetensors</c>, <c>preprocessor.json</c> and <c>training.json</c>
/// (<c>docs/model.md</c> section 6). Loading checks all of it; saving leaves the old folder or the new one, never a mixture.
/// </summary>
public sealed class ModelFolder
{
    /// <summary>Name of the file with the <see cref="ModelConfig"/>.</summary>
    public const string ConfigFile = "config.json";

    /// <summary>Name of the file with the <see cref="Preprocessor"/>.</summary>
    public const string PreprocessorFile = "preprocessor.json";

    /// <summary>Name of the file with the <see cref="TrainingRecord"/>.</summary>
    public const string TrainingFile = "training.json";

    /// <summary>Name of the file with the weights.</summary>
    public const string WeightsFile = "model.safetensors";

    private readonly (string Name, byte[] Bytes)[] _files;

    private ModelFolder(string dir, (string Name, byte[] Bytes)[] files)
    {
        _files = files;
        string Named(int i) => dir.Length == 0 ? files[i].Name : Path.Combine(dir, files[i].Name);
        FormatVersions.Check(files[0].Bytes, Named(0));
        Config = ModelJson.Read<ModelConfig>(files[0].Bytes, Named(0));
        Validate(Named(0), Config.Validate);
        Preprocessor = ModelJson.Read<Preprocessor>(files[1].Bytes, Named(1));
        Validate(Named(1), () => Preprocessor.Validate(Config));
        Training = ModelJson.Read<TrainingRecord>(files[2].Bytes, Named(2));
        Weights = Safetensors.Parse(files[3].Bytes, Named(3));
        if (!Weights.Metadata.ContainsKey(Safetensors.ChecksumKey))
            throw new ModelFormatException(Named(3), $"has no {Safetensors.ChecksumKey} in its metadata, so damage would go unseen; save the model again");
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var i in (ReadOnlySpan<int>)[0, 1, 3]) sha.AppendData(SHA256.HashData(files[i].Bytes));
        Hash = Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    /// <summary>The architecture.</summary>
    public ModelConfig Config { get; }

    /// <summary>How rows become numbers.</summary>
    public Preprocessor Preprocessor { get; }

    /// <summary>Where the model comes from.</summary>
    public TrainingRecord Training { get; }

    /// <summary>The weights.</summary>
    public Safetensors Weights { get; }

    /// <summary>SHA-256 of what determines forecasts (configuration, preprocessor and weights), 64 hexadecimal digits. States carry it.</summary>
    public string Hash { get; }

    /// <summary>Reads and checks a model folder.</summary>
    /// <exception cref="ModelFormatException">A file is missing, altered, truncated, of a newer format or has an unknown key.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ModelFolder Load(string dir)
    {
        ArgumentException.ThrowIfNullOrEmpty(dir);
        if (!Directory.Exists(dir))
        {
            var previous = AtomicFolder.PreviousOf(dir);
            throw new ModelFormatException(dir, Directory.Exists(previous)
                ? $"a save was cut short; the model before it is in {previous}: rename that folder to use it"
                : "no such folder");
        }

        byte[] Bytes(string name)
        {
            var path = Path.Combine(dir, name);
            if (!File.Exists(path)) throw new ModelFormatException(path, "no such file; a model folder has config.json, preprocessor.json, training.json and model.safetensors");
            if (new FileInfo(path).Length > Array.MaxLength) throw new ModelFormatException(path, "larger than 2 GB, which is not read here");
            return File.ReadAllBytes(path);
        }

        return new ModelFolder(dir, [.. FileNames.Select(name => (name, Bytes(name)))]);
    }

    /// <summary>A model in memory, checked as <see cref="Load"/> checks it.</summary>
    /// <param name="weights">Tensors by the names of <c>docs/model.md</c> section 6.</param>
    /// <exception cref="ModelFormatException">A value out of range.</exception>
    public static ModelFolder Create(ModelConfig config, Preprocessor preprocessor, TrainingRecord training, IEnumerable<SafetensorsTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(preprocessor);
        ArgumentNullException.ThrowIfNull(training);
        using var stream = new MemoryStream();
        Safetensors.Write(stream, weights, new Dictionary<string, string> { ["format"] = "pt" });
        return new ModelFolder("", [(ConfigFile, ModelJson.Write(config)), (PreprocessorFile, ModelJson.Write(preprocessor)),
            (TrainingFile, ModelJson.Write(training)), (WeightsFile, stream.ToArray())]);
    }

    /// <summary>Writes a model folder: <see cref="Create"/>, then <see cref="Save(string)"/>.</summary>
    /// <exception cref="ModelFormatException">A value out of range, or the target is a folder with other content.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static ModelFolder Save(string dir, ModelConfig config, Preprocessor preprocessor, TrainingRecord training, IEnumerable<(string Name, long[] Shape, float[] Values)> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var folder = Create(config, preprocessor, training, weights.Select(w => SafetensorsTensor.FromFloat32(w.Name, w.Shape, w.Values)));
        folder.Save(dir);
        return folder;
    }

    /// <summary>
    /// Writes the folder: first to a temporary one beside it, then renamed. An existing model is kept until the new one is complete, and
    /// files of other names that lie beside it stay.
    /// </summary>
    /// <exception cref="ModelFormatException">The target is a folder with other content and no model.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string dir)
    {
        ArgumentException.ThrowIfNullOrEmpty(dir);
        AtomicFolder.Write(dir, _files, ConfigFile);
    }

    private static string[] FileNames { get; } = [ConfigFile, PreprocessorFile, TrainingFile, WeightsFile];

    private static void Validate(string file, Action check)
    {
        try
        {
            check();
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(file, e.Message, e);
        }
    }
}
