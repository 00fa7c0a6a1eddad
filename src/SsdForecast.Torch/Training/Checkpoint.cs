using System.Text.Json;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>
/// What is needed to go on after a run was interrupted: weights, best weights, optimizer moments and losses, written after every epoch. A checkpoint of
/// other options or another network is not resumed from.
/// </summary>
internal sealed class Checkpoint(string folder, TrainingOptions options, ForecastNetwork network, AdamW optimizer)
{
    private string StateFile => Path.Combine(folder, "state.json");
    private string WeightsFile(long step) => Path.Combine(folder, $"weights-{step}.safetensors");
    private string OptimizerFile(long step) => Path.Combine(folder, $"optimizer-{step}.bin");

    private sealed record State(string Fingerprint, int BestEpoch, double BestLoss, long Steps, List<double> Training, List<double> Validation);

    /// <summary>Restores a checkpoint of this run, if there is one.</summary>
    public bool Resume(TrainingHistory history, BestWeights best)
    {
        if (!File.Exists(StateFile)) return false;
        var state = JsonSerializer.Deserialize<State>(File.ReadAllText(StateFile), NumbersByName);
        if (state is null || state.Fingerprint != Fingerprint()) return false;

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stored = Safetensors.Read(WeightsFile(state.Steps));
        var device = network.parameters().First().device;
        Tensor Read(string key) => tensor(stored.Float32(key), [.. stored.Shape(key)], device: device);
        foreach (var (name, parameter) in network.named_parameters()) parameter.copy_(Read("current." + name));
        best.Take(state.BestEpoch, state.BestLoss, network.named_parameters().ToDictionary(p => p.name, p => Read("best." + p.name)));
        optimizer.load_state_dict(OptimizerFile(state.Steps));
        history.Training.AddRange(state.Training);
        history.Validation.AddRange(state.Validation);
        history.Steps = state.Steps;
        return true;
    }

    /// <summary>Writes a checkpoint; <c>state.json</c> comes last, and names the files that belong to it by their step.</summary>
    public void Save(TrainingHistory history, BestWeights best)
    {
        Directory.CreateDirectory(folder);
        var weights = network.named_parameters().Select(p => ("current." + p.name, (Tensor)p.parameter))
            .Concat(best.Weights.Select(p => ("best." + p.Key, p.Value)))
            .Select(p => (p.Item1, p.Item2.shape, ToArray(p.Item2)));
        AtomicFile.Write(WeightsFile(history.Steps), stream => Safetensors.Write(stream, weights));
        AtomicFile.Write(OptimizerFile(history.Steps), stream =>
        {
            using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            optimizer.save_state_dict(writer);
        });
        var state = new State(Fingerprint(), best.Epoch, best.Loss, history.Steps, history.Training, history.Validation);
        AtomicFile.WriteText(StateFile, JsonSerializer.Serialize(state, NumbersByName));
        foreach (var old in Directory.EnumerateFiles(folder).Where(f => f != StateFile && f != WeightsFile(history.Steps) && f != OptimizerFile(history.Steps)))
            File.Delete(old);
    }

    /// <summary>Removes the checkpoint of a run that is over.</summary>
    public void Delete()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static JsonSerializerOptions NumbersByName { get; } = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static float[] ToArray(Tensor t)
    {
        using var scope = NewDisposeScope();
        return t.detach().to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    private string Fingerprint() => $"{options with { CheckpointFolder = null, Device = "" }} {network.Config} {string.Join(",", network.Config.Quantiles)}";
}
