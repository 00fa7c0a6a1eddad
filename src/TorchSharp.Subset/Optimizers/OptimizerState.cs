using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of a parameter.</summary>
public abstract partial class OptimizerState
{
    protected Parameter _parameter;

    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    public abstract void Initialize(OptimizerOptions options);

    public abstract void SaveStateDict(BinaryWriter writer);

    public abstract void LoadStateDict(BinaryReader reader);

    public abstract void LoadStateDict(OptimizerState source);

    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    public virtual void to(Device device)
    {
    }

    protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor? tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    /// <summary>Reads what <see cref="SaveConditionalStateTensor"/> wrote, in place of the former tensor.</summary>
    protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor? result, Device device)
    {
        result?.Dispose();
        result = null;
        if (!reader.ReadBoolean()) return;
        using Tensor loaded = TensorExtensionMethods.Load(reader);
        result = loaded.to(device).DetachFromDisposeScope();
    }

    /// <summary>Puts a copy on a device in the place of a tensor of the state.</summary>
    private protected static void Replace([NotNullIfNotNull(nameof(source))] ref Tensor? target, Tensor? source, Device device)
    {
        target?.Dispose();
        target = source?.to(device, copy: true).DetachFromDisposeScope();
    }

    private protected static void Move([NotNullIfNotNull(nameof(target))] ref Tensor? target, Device device)
    {
        if (target is null) return;
        using Tensor former = target;
        target = former.to(device).DetachFromDisposeScope();
    }
}
