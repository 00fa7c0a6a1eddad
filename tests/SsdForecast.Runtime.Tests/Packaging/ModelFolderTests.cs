using System.Text;
using SsdForecast.Data;

namespace SsdForecast.Runtime.Tests.Packaging;

public class ModelFolderTests
{
    private static readonly ModelConfig Config = new()
    {
        Block = new BlockConfig { DModel = 8, DState = 4, HeadDim = 4, DtLimitHigh = 0.5 },
        Layers = 1,
        Lookback = 5,
        Horizon = 2,
        Quantiles = [0.1, 0.5, 0.9],
        KnownCovariates = 1,
        Calendar = [CalendarCycle.DayOfWeek],
    };

    private static ModelFolder Sample(int seed = 1, ModelConfig? config = null)
    {
        var random = new Random(seed);
        return RandomModel.Folder(config ?? Config, random, RandomModel.Preprocessor(Config, random) with { TimeColumn = "ds", Season = 24 });
    }

    private static string Refused(string dir)
    {
        var e = Assert.Throws<ModelFormatException>(() => ModelFolder.Load(dir));
        Assert.DoesNotContain('\n', e.Message);
        return e.Message;
    }

    private static void Edit(string path, string from, string to)
    {
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_comes_back_with_the_same_bytes_and_hash()
    {
        using var folder = new TemporaryFolder();
        var model = Sample();
        model.Save(folder["m"]);
        var read = ModelFolder.Load(folder["m"]);
        Assert.Equal(model.Hash, read.Hash);
        Assert.Equal(0.5, read.Config.Block.DtLimitHigh);
        Assert.Equal(Config.Quantiles, read.Config.Quantiles);
        Assert.Equal(Config.Calendar, read.Config.Calendar);
        Assert.Equal("ds", read.Preprocessor.TimeColumn);
        Assert.Equal(Frequency.Hourly, read.Preprocessor.Frequency);
        Assert.Equal(model.Preprocessor.SeriesScalers["a"], read.Preprocessor.ScalerOf("a"));
        Assert.Equal(model.Weights.Float32("head.weight"), read.Weights.Float32("head.weight"));
        read.Save(folder["n"]);
        foreach (var file in Directory.GetFiles(folder["m"])) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder["n"], Path.GetFileName(file))));
        Assert.Equal(4, Directory.GetFiles(folder["m"]).Length);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void The_json_is_snake_case_and_infinity_survives()
    {
        using var folder = new TemporaryFolder();
        Sample(config: Config with { Block = Config.Block with { DtLimitHigh = double.PositiveInfinity } }).Save(folder["m"]);
        var text = File.ReadAllText(Path.Combine(folder["m"], "config.json"));
        Assert.StartsWith("{\n  \"format_version\": 1,\n  \"kind\": \"causal\",\n  \"block\": {\n    \"d_model\": 8,\n", text, StringComparison.Ordinal);
        Assert.Contains("\"calendar\": [\n    \"day_of_week\"\n  ]", text, StringComparison.Ordinal);
        Assert.Equal(double.PositiveInfinity, ModelFolder.Load(folder["m"]).Config.Block.DtLimitHigh);
    }

    [Fact]
    public void The_hash_tells_what_determines_forecasts_apart()
    {
        var model = Sample();
        ModelFolder With(ModelConfig? config = null, Preprocessor? preprocessor = null, TrainingRecord? training = null) =>
            ModelFolder.Create(config ?? model.Config, preprocessor ?? model.Preprocessor, training ?? model.Training, model.Weights.Names.Select(n => model.Weights[n]));
        Assert.Equal(model.Hash, With().Hash);
        Assert.Equal(model.Hash, With(training: new TrainingRecord { Seed = 99 }).Hash);
        Assert.NotEqual(model.Hash, With(config: model.Config with { Quantiles = [0.2, 0.5, 0.9] }).Hash);
        Assert.NotEqual(model.Hash, With(preprocessor: model.Preprocessor with { Season = 7 }).Hash);
        Assert.NotEqual(model.Hash, Sample(2).Hash);
    }

    [Theory]
    [InlineData("config.json", "\"lookback\"", "\"look_back\"", "'look_back'")]
    [InlineData("config.json", "\"d_state\"", "\"dstate\"", "'block.dstate'")]
    [InlineData("config.json", "\"lookback\": 5,", "", "lookback")]
    [InlineData("config.json", "\"lookback\": 5", "\"lookback\": 0", "lookback: 0")]
    [InlineData("config.json", "\"layers\": 1", "\"layers\": \"one\"", "'layers'")]
    [InlineData("config.json", "\"layers\": 1", "\"layers\": 1, \"layers\": 2", "'layers' occurs twice")]
    [InlineData("config.json", "\"head_dim\": 4", "\"head_dim\": 3", "block.head_dim: 3 does not divide")]
    [InlineData("config.json", "\"format_version\": 1", "\"format_version\": 3", "format_version 3 is newer")]
    [InlineData("config.json", "\"format_version\": 1,", "", "format_version")]
    [InlineData("config.json", "\"causal\"", "\"casual\"", "'kind'")]
    [InlineData("config.json", "0.5,", "0.05,", "quantiles")]
    [InlineData("config.json", "{", "", "not readable as JSON")]
    [InlineData("preprocessor.json", "\"default\"", "\"other\"", "'default' is missing")]
    [InlineData("preprocessor.json", "\"known0\"\n", "\"known1\"\n", "covariate_scalers")]
    [InlineData("preprocessor.json", "\"h\"", "\"fortnight\"", "'frequency'")]
    [InlineData("preprocessor.json", "\"h\"", "\"ordinal\"", "calendar")]
    [InlineData("preprocessor.json", "\"season\": 24", "\"seasons\": 24", "'seasons'")]
    [InlineData("training.json", "\"seed\"", "\"sead\"", "'sead'")]
    public void A_wrong_key_or_value_is_named_with_its_file(string file, string from, string to, string named)
    {
        using var folder = new TemporaryFolder();
        Sample().Save(folder["m"]);
        Edit(Path.Combine(folder["m"], file), from, to);
        var message = Refused(folder["m"]);
        Assert.StartsWith(Path.Combine(folder["m"], file) + ": ", message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("preprocessor.json")]
    [InlineData("training.json")]
    [InlineData("model.safetensors")]
    public void A_missing_or_truncated_file_is_named(string file)
    {
        using var folder = new TemporaryFolder();
        Sample().Save(folder["m"]);
        var path = Path.Combine(folder["m"], file);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.StartsWith(path + ": ", Refused(folder["m"]), StringComparison.Ordinal);
        File.Delete(path);
        Assert.StartsWith(path + ": no such file", Refused(folder["m"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Altered_weights_are_refused_and_so_are_weights_without_a_checksum()
    {
        using var folder = new TemporaryFolder();
        Sample().Save(folder["m"]);
        var path = Path.Combine(folder["m"], "model.safetensors");
        var good = File.ReadAllBytes(path);
        var altered = (byte[])good.Clone();
        altered[^1] ^= 0x40;
        File.WriteAllBytes(path, altered);
        Assert.Contains("altered", Refused(folder["m"]), StringComparison.Ordinal);
        File.WriteAllText(path, Encoding.Latin1.GetString(good).Replace("sha256", "sha999", StringComparison.Ordinal), Encoding.Latin1);
        Assert.Contains("sha256", Refused(folder["m"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Saving_replaces_the_model_and_keeps_files_of_other_names()
    {
        using var folder = new TemporaryFolder();
        Sample(1).Save(folder["m"]);
        File.WriteAllText(Path.Combine(folder["m"], "notes.txt"), "mine");
        Sample(2).Save(folder["m"] + Path.DirectorySeparatorChar);
        Assert.Equal(Sample(2).Hash, ModelFolder.Load(folder["m"]).Hash);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(folder["m"], "notes.txt")));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_that_is_no_model_is_not_replaced()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["photos"]);
        File.WriteAllText(folder["photos/cat.jpg"], "meow");
        Assert.Throws<ModelFormatException>(() => Sample().Save(folder["photos"]));
        Assert.Equal("meow", File.ReadAllText(folder["photos/cat.jpg"]));
        Assert.Throws<ModelFormatException>(() => Sample().Save(folder["photos/cat.jpg"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_failing_save_leaves_the_old_model_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        Sample(1).Save(folder["m"]);
        // The second file cannot be created.
        Assert.ThrowsAny<IOException>(() => AtomicFolder.Write(folder["m"], [("config.json", [1]), ("no/such/folder", [2])], "config.json"));
        Assert.Equal(Sample(1).Hash, ModelFolder.Load(folder["m"]).Hash);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_save_cut_short_between_its_renames_leaves_the_old_model_to_be_found()
    {
        using var folder = new TemporaryFolder();
        Sample(1).Save(folder["m"]);
        Directory.Move(folder["m"], folder["m.previous"]);
        Assert.Contains("m.previous", Refused(folder["m"]), StringComparison.Ordinal);
        Sample(2).Save(folder["m"]);
        Assert.Equal(Sample(2).Hash, ModelFolder.Load(folder["m"]).Hash);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_training_record_keeps_every_field()
    {
        using var folder = new TemporaryFolder();
        var record = new TrainingRecord
        {
            Seed = 7,
            DataFile = "d.csv",
            DataSha256 = "ab",
            Split = new Split(10, 20, 30),
            Duration = TimeSpan.FromSeconds(90.5),
            ValidationLoss = [0.5, double.NaN],
            Metrics = [new MetricRow { Model = "ssd", Mase = 0.6, Coverage = double.NaN }],
            Versions = new Dictionary<string, string> { ["ssdforecast"] = "0.1.0" },
        };
        var model = Sample();
        ModelFolder.Create(model.Config, model.Preprocessor, record, model.Weights.Names.Select(n => model.Weights[n])).Save(folder["m"]);
        var read = ModelFolder.Load(folder["m"]).Training;
        Assert.Equal(record.Split, read.Split);
        Assert.Equal(record.Metrics, read.Metrics);
        Assert.Equal(record.ValidationLoss, read.ValidationLoss);
        Assert.Equal(record.Duration, read.Duration);
        Assert.Equal(record.Versions, read.Versions);
    }
}
